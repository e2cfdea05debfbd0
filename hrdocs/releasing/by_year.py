"""A release laid out for engines that read what one machine does not hold: a folder of Parquet files for each list, by year.

DuckDB, Spark and Trino read such a folder as one table, and open no file of a year that is not asked for (the layout of Hive:
`incidents/year=2013/part-0.parquet`).
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from hrdocs.refusal import Refused
from hrdocs.releasing import store

if TYPE_CHECKING:
    import pyarrow as pa

YEAR = "year"
ROWS_A_FILE, ROWS_A_GROUP = 1_000_000, 100_000
MOST_YEARS = 1_000  # of one list; the library refuses one of more


def lay_out(sha256: str, into: Path) -> Iterator[tuple[str, int]]:
    """Write the lists of a release into an empty folder, in flat memory; the name and number of rows of each, as it is done.

    The year is that of a list's first date, on its earliest day. What is undated stands in `year=__HIVE_DEFAULT_PARTITION__`,
    and a list without dates in one folder. Raises Refused where the folder is not empty, NotWhole where the file of the
    release is not what was stored.
    """
    if into.exists() and any(into.iterdir()):
        raise Refused(f"The folder {into} is not empty. Name another one.")
    with zipfile.ZipFile(store.whole(sha256)) as release:
        for name in sorted(release.namelist()):
            if name.endswith(".parquet"):
                with release.open(name) as packed, tempfile.NamedTemporaryFile(suffix=".parquet") as whole:
                    shutil.copyfileobj(packed, whole)
                    whole.flush()
                    yield Path(name).stem, _spread(Path(whole.name), into / Path(name).stem)


def _spread(whole: Path, into: Path) -> int:
    import pyarrow as pa  # here and not above, as where such files are written
    import pyarrow.compute as pc
    import pyarrow.dataset as ds

    rows = ds.dataset(whole)
    columns = {name: ds.field(name) for name in rows.schema.names}
    dated = _first_date(rows.schema)
    if dated:
        columns[YEAR] = pc.year(ds.field(dated))
    ds.write_dataset(
        rows.scanner(columns=columns), into, format="parquet", basename_template="part-{i}.parquet",
        partitioning=ds.partitioning(pa.schema([(YEAR, pa.int64())]), flavor="hive") if dated else None,
        max_partitions=MOST_YEARS, max_rows_per_file=ROWS_A_FILE, max_rows_per_group=ROWS_A_GROUP,
        file_options=ds.ParquetFileFormat().make_write_options(compression="zstd"),
    )  # fmt: skip
    return int(rows.count_rows())


def _first_date(schema: pa.Schema) -> str:
    """The column of a list's first date, on its earliest day; empty where it has none."""
    return next((name for name in schema.names if name.endswith("_earliest") and "." not in name), "")

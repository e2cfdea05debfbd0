"""Axe, as it is asked here, finds what axe itself finds, as far as that is serious or critical."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.journeys.axe import barriers

BAD = """
<html><style>body { background: white } .dark { background: #222 } p { color: rgb(150, 150, 150) } .half { opacity: .5 }</style>
<h1>One</h1><h4>Four</h4><p>Pale <a href="#">here</a></p><div class="dark"><p>Dark</p><div class="half"><p>Half</p></div></div>
<form><input type="text"><select><option>1</select><button></button></form><img src="data:,"><ul><p>No item</p></ul>
<div role="list"><span role="nothing" aria-nothing="1">x</span></div><a href="#two"></a><b tabindex="5">x</b></html>
"""


def test_all_that_axe_finds_serious_or_critical_is_found(browser: Browser) -> None:
    page, same = browser.new_page(), browser.new_page()
    page.set_content(BAD)
    same.set_content(BAD)
    told = [
        f"{barrier['id']} ({barrier['impact']}): {','.join(node['target'])}"
        for barrier in Axe().run(same).response["violations"]
        for node in barrier["nodes"]
    ]
    grave = {each for each in told if "(serious)" in each or "(critical)" in each}
    found = {each.split(" <")[0] for each in barriers(page)}
    page.context.close()
    same.context.close()
    assert found == grave != set(told)
    assert {"color-contrast", "label", "image-alt", "button-name"} <= {each.split(" ")[0] for each in found}


def test_pale_words_are_found_in_letters_that_join_too(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content('<html lang="ar" dir="rtl"><body style="background: white"><p style="color: #ccc">نص باهت لا يكاد يقرأ</p>')
    assert [each.split(" ")[0] for each in barriers(page, rules=["color-contrast"])] == ["color-contrast"]
    page.context.close()

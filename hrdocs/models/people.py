"""Who works here: accounts, teams, and named grants to single records."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from hrdocs.access import ONLY_READS, STAFF, Role
from hrdocs.audit import recorded
from hrdocs.models import fields
from hrdocs.uids import understood


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """A new account; without a password nobody can sign in to it."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> User:
        """What `manage.py createsuperuser` makes: an administrator, who runs accounts and reads no content."""
        return self.create_user(username, password, role=Role.ADMINISTRATOR, **fields)


@recorded
class User(AbstractBaseUser):
    """One person's account, with the one role that says what it is for."""

    username = models.CharField(max_length=150, unique=True, validators=[UnicodeUsernameValidator()],
                                help_text="Name for signing in.")  # fmt: skip
    full_name = fields.line("Name as colleagues see it.", max_length=150)
    email = models.EmailField(blank=True, default="", help_text="For notices; never shown outside.")
    role = fields.choice(Role, "What the account is for; it decides what the person may see and do.",
                         default=Role.RESEARCHER)  # fmt: skip
    teams = fields.links("hrdocs.Team", "Teams that the person works in.", related_name="members")
    is_active = models.BooleanField("active", default=True, help_text="Switch off instead of deleting the account.")
    date_joined = models.DateTimeField(default=timezone.now, editable=False, help_text="When the account was made.")

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]
    not_in_history = ("password", "last_login")
    is_superuser = False  # asked for by libraries; nobody bypasses the rules

    def __str__(self) -> str:
        return self.full_name or self.username

    @property
    def is_staff(self) -> bool:
        """Whether the person may enter the admin."""
        return self.is_active and self.role in (*STAFF, Role.ADMINISTRATOR)

    @property
    def needs_second_factor(self) -> bool:
        """Whether the person may do more than read what is published."""
        return self.role not in ONLY_READS

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session holds of its account: when password or role change, it ends at its next request."""
        return salted_hmac("hrdocs.session", f"{self.password} {self.role}", secret=secret, algorithm="sha256").hexdigest()

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Coarse gate of the admin; rows and fields are decided by `visible_to` and by review.

        Administrators run accounts and nothing else; analysts, reviewers and managers enter and change records;
        managers and administrators let people in; nobody deletes.
        """
        app, _, action = perm.partition(".")
        verb, _, model = action.partition("_")
        if not self.is_staff or verb == "delete":
            return False
        if model in ("user", "team"):
            return self.role == Role.ADMINISTRATOR or verb == "view"
        if model == "doorevent":
            return self.role == Role.ADMINISTRATOR and verb == "view"
        if app == "procrastinate" or model == "madefile":
            return self.role == Role.ADMINISTRATOR and verb == "view"
        if model == "grant":
            return self.role == Role.MANAGER
        if model == "apitoken":
            return self.role == Role.ADMINISTRATOR and verb in ("view", "revoke")
        if model == "manifest":
            return self.role == Role.MANAGER and verb == "view"
        if model == "release":
            return self.role in STAFF and verb == "view"
        if model in ("invitation", "accessrequest"):
            return self.role in (Role.MANAGER, Role.ADMINISTRATOR)
        return self.role in STAFF and (verb == "view" or model not in ("reviewdecision", "notice", "events", "context"))

    def has_perms(self, perms: list[str], obj: models.Model | None = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff

    def get_full_name(self) -> str:
        return str(self)


@recorded
class Team(models.Model):
    """A group of people who work on the same records."""

    name = models.CharField(max_length=150, unique=True, help_text="Name of the team.")
    note = fields.prose("What the team works on.")

    def __str__(self) -> str:
        return self.name


@recorded
class Grant(models.Model):
    """Leave for one person to see one restricted record, with a reason and an end."""

    user = models.ForeignKey("hrdocs.User", models.PROTECT, related_name="grants", help_text="Who may see it.")
    uid = models.CharField("record", max_length=16, help_text="The record, by its uid: INC-7K3M9-QXD4TH.")
    reason = models.TextField(help_text="Why this person needs to see it.")
    until = models.DateField(help_text="Last day of the grant.")
    granted_by = models.ForeignKey("hrdocs.User", models.PROTECT, related_name="+", help_text="Who gave the leave.")
    granted_at = models.DateTimeField(default=timezone.now, editable=False, help_text="When it was given.")

    class Meta:
        indexes = [models.Index(fields=["user", "uid"])]

    def __str__(self) -> str:
        return f"{self.user} until {self.until}"

    def clean(self) -> None:
        """Take the uid as people type it, and refuse one that is no record's."""
        uid = understood(self.uid)
        kinds = (kind for kind in apps.get_models() if uid and getattr(kind, "uid_prefix", "") == uid[:3])
        if not any(kind._base_manager.filter(uid=uid).exists() for kind in kinds):
            raise ValidationError({"uid": f"There is no record {self.uid[:40]}. A uid looks like INC-7K3M9-QXD4TH."})
        self.uid = uid

"""Accounts and grants."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, BaseUserCreationForm, ReadOnlyPasswordHashField
from django.contrib.auth.models import Group
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from hrdocs.admin.asked import AskedByItsFilters
from hrdocs.admin.door import AtTheDoor
from hrdocs.audit import acting_as
from hrdocs.models import Grant, User

if admin.site.is_registered(Group):
    admin.site.unregister(Group)  # one role per account; no groups


class AccountForm(forms.ModelForm):
    password = ReadOnlyPasswordHashField(label="Password", help_text='<a href="../password/">Set a new password</a>')

    class Meta:
        model = User
        fields = ("username", "full_name", "email", "role", "teams", "is_active", "password")


class NewAccountForm(BaseUserCreationForm):
    class Meta:
        model = User
        fields = ("username", "full_name", "role")


@admin.register(User)
class UserAdmin(AtTheDoor, AskedByItsFilters, DjangoUserAdmin, ModelAdmin):
    form = AccountForm
    add_form = NewAccountForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "full_name", "role", "is_active")
    list_filter = ("role", "is_active")
    search_fields = ("username", "full_name")
    ordering = ("username",)
    autocomplete_fields = ("teams",)
    filter_horizontal = ()
    fieldsets = ((None, {"fields": ("username", "password", "full_name", "email", "role", "teams", "is_active")}),)
    add_fieldsets = ((None, {"fields": ("username", "full_name", "role", "password1", "password2")}),)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Colleagues see who somebody is; her address and her password are for who runs accounts."""
        if self.has_change_permission(request, obj):
            return super().get_fieldsets(request, obj)
        return ((None, {"fields": ("username", "full_name", "role", "teams", "is_active")}),)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        with acting_as(request.user):
            super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Grant)
class GrantAdmin(AskedByItsFilters, ModelAdmin):
    list_display = ("user", "uid", "until", "granted_by")
    list_filter = ("until",)
    autocomplete_fields = ("user",)
    exclude = ("granted_by",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.granted_by = request.user
        with acting_as(request.user, obj.reason):
            super().save_model(request, obj, form, change)

"""Puts together what chat platforms call: everything that takes wishes, and the operator's limits for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.acceptance import Acceptance, AcceptanceParts
from bot.bell import Bell
from bot.budget import Budget
from bot.controls import Controls
from bot.freshlinks import LinkDesk
from bot.intake import CoreIntake, IntakeParts
from bot.keydesk import KeyDesk
from bot.listing import Lists
from bot.permits import Permits
from bot.pictures import PillowDesk
from bot.ports import Clock, FileStore, TaskStore
from bot.privacy import PrivacyDesk
from bot.pseudonyms import Pseudonyms
from bot.settings import Settings
from bot.view import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontDesk:
    """What taking wishes needs of a process."""

    settings: Settings
    tasks: TaskStore
    files: FileStore
    key_desk: KeyDesk
    viewer: Viewer
    controls: Controls
    permits: Permits
    pseudonyms: Pseudonyms
    clock: Clock
    bell: Bell

    def intake(self) -> CoreIntake:
        """Return what platforms call."""
        return CoreIntake(
            IntakeParts(
                tasks=self.tasks,
                files=self.files,
                key_desk=self.key_desk,
                desk=PillowDesk(),
                viewer=self.viewer,
                acceptance=self._acceptance(),
                link_desk=LinkDesk(
                    files=self.files, keyring=self.key_desk.keyring, links=self.viewer.links, clock=self.clock
                ),
                clock=self.clock,
                bell=self.bell,
                default_tier=self.settings.default_tier,
                default_format=self.settings.default_format,
                permits=self.permits,
                lists=Lists(tasks=self.tasks, viewer=self.viewer, permits=self.permits),
                privacy_desk=self._privacy_desk(),
            )
        )

    def _acceptance(self) -> Acceptance:
        return Acceptance(
            AcceptanceParts(
                tasks=self.tasks,
                files=self.files,
                budget=replace(budget_of(self.settings, self.clock), pseudonyms=self.pseudonyms),
                controls=self.controls,
                permits=self.permits,
                key_desk=self.key_desk,
                clock=self.clock,
                bell=self.bell,
            )
        )

    def _privacy_desk(self) -> PrivacyDesk:
        return PrivacyDesk(
            tasks=self.tasks,
            files=self.files,
            links=self.viewer.links,
            clock=self.clock,
            bell=self.bell,
            pseudonyms=self.pseudonyms,
            keep=timedelta(days=self.settings.keep_files_days),
        )


def budget_of(settings: Settings, clock: Clock) -> Budget:
    """Return the limits that the operator has set."""
    return Budget(
        clock=clock,
        user_daily=settings.user_daily_credits,
        channel_daily=settings.channel_daily_credits,
        server_daily=settings.server_daily_credits,
        total_daily=settings.total_daily_credits,
        user_waiting=settings.user_max_waiting,
        total_waiting=settings.max_waiting,
    )

"""For Celery's own programs: ``celery -A apostil.celery_app worker | flower | inspect …``."""

from apostil.bootstrap.queueing import QueueUnusable, celery_application
from apostil.config import Settings, SettingsInvalid

try:
    app = celery_application(Settings.read())
except (QueueUnusable, SettingsInvalid) as unusable:
    raise SystemExit(str(unusable)) from unusable

"""A Superset for one run: its own SQLite file, no cache, and one user who need not log in."""
import os

from superset.security import SupersetSecurityManager

SECRET_KEY = "only for the length of a check"
SQLALCHEMY_DATABASE_URI = "sqlite:///" + os.path.join(os.environ["SUPERSET_HOME"], "superset.db")
WTF_CSRF_ENABLED = False
TALISMAN_ENABLED = False
RATELIMIT_ENABLED = False


class Admin(SupersetSecurityManager):
    """Takes everybody for the administrator."""

    def request_loader(self, request):
        return self.find_user("admin")


CUSTOM_SECURITY_MANAGER = Admin

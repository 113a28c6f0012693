"""The small projects that properties are tried on: together every load, read and lookup."""

from tests.properties.history_world import HISTORY
from tests.properties.log_world import LOG
from tests.properties.lookups_world import LOOKUPS
from tests.properties.roles_world import ROLES
from tests.properties.shop_world import SHOP

WORLDS = {"log": LOG, "history": HISTORY, "lookups": LOOKUPS, "roles": ROLES, "shop": SHOP}

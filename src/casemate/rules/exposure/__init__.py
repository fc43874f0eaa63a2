"""Who can reach it: functions, routes, stores and their policies."""

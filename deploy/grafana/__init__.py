"""The dashboards for Grafana: what each shows is said here, and `make grafana` writes it as Grafana reads it.

`chain`, `service` and `citizens` say what is shown; `panels` knows Grafana's JSON, and nothing of Gubi. What an alert
compares and its bound are read from `deploy/monitoring/alerts.yaml`, so that a dashboard cannot disagree with an alert.
"""

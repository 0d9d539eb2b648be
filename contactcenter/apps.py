from django.contrib.admin.apps import AdminConfig


class CentreAdminConfig(AdminConfig):
    default_site = "contactcenter.admin.CentreSite"

// Where a bench's desk asks for the data of the chart "Identities by Status".
frappe.provide("frappe.dashboards.chart_sources");
frappe.dashboards.chart_sources["Identities by Status"] = {
    method: "ansinh_app.registry.dashboard_chart_source.identities_by_status.identities_by_status.get",
    filters: [],
};

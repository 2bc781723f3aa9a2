// Where a bench's desk asks for the data of the chart "People by Payment Method".
frappe.provide("frappe.dashboards.chart_sources");
frappe.dashboards.chart_sources["People by Payment Method"] = {
    method: "ansinh_app.registry.dashboard_chart_source.people_by_payment_method.people_by_payment_method.get",
    filters: [],
};

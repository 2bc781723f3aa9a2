// Where a bench's desk asks for the data of the chart "Looks by Action".
frappe.provide("frappe.dashboards.chart_sources");
frappe.dashboards.chart_sources["Looks by Action"] = {
    method: "ansinh_app.oversight.dashboard_chart_source.looks_by_action.looks_by_action.get",
    filters: [],
};

// Where a bench's desk asks for the data of the chart "Lines by Status".
frappe.provide("frappe.dashboards.chart_sources");
frappe.dashboards.chart_sources["Lines by Status"] = {
    method: "ansinh_app.payouts.dashboard_chart_source.lines_by_status.lines_by_status.get",
    filters: [],
};

// Where a bench's desk asks for the data of the chart "Drawn by Month".
frappe.provide("frappe.dashboards.chart_sources");
frappe.dashboards.chart_sources["Drawn by Month"] = {
    method: "ansinh_app.payouts.dashboard_chart_source.drawn_by_month.drawn_by_month.get",
    filters: [],
};

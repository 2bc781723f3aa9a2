// Where a bench's desk asks for the data of the chart "Payout by Month".
frappe.provide("frappe.dashboards.chart_sources");
frappe.dashboards.chart_sources["Payout by Month"] = {
    method: "ansinh_app.payouts.dashboard_chart_source.payout_by_month.payout_by_month.get",
    filters: [],
};

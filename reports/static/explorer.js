"use strict";
(() => {
  const { figures, config } = JSON.parse(document.getElementById("figures").textContent);
  document.getElementById("no-scripts").hidden = true;
  for (const [id, figure] of Object.entries(figures)) Plotly.newPlot(id, figure.data, figure.layout, { ...config });
})();

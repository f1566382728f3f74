export function AnalyticsPage() {
  return (
    <main id="content" className="page">
      <div className="page-head">
        <h1>Analytics</h1>
      </div>
    </main>
  );
}

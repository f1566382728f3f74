export function ExportPage() {
  return (
    <main id="content" className="page">
      <div className="page-head">
        <h1>Export</h1>
      </div>
    </main>
  );
}

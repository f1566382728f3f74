export function DocumentsPage() {
  return (
    <main id="content" className="page">
      <div className="page-head">
        <h1>Documents</h1>
      </div>
    </main>
  );
}

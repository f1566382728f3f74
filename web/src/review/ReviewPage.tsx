export function ReviewPage() {
  return (
    <main id="content" className="page">
      <div className="page-head">
        <h1>Review</h1>
      </div>
    </main>
  );
}

export function SecretHint() {
  return <p className="hint">A stored secret. It stays as it is until you write another one.</p>;
}

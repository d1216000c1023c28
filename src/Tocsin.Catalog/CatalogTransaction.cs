using System.Data;

namespace Tocsin.Catalog;

/// <summary>
/// What one unit of work may touch. Belongs to the writer thread and ends with the work: never keep it, never use it
/// from another thread. A work that throws leaves no trace, and does not disturb the works that share its commit.
/// </summary>
public sealed class CatalogTransaction
{
    private readonly List<Action> _afterCommit = [];

    internal CatalogTransaction(IDbConnection connection) => Connection = connection;

    /// <summary>Already inside a transaction: begin, commit and roll back are the writer's business.</summary>
    public IDbConnection Connection { get; }

    internal IReadOnlyList<Action> Callbacks => _afterCommit;

    /// <summary>
    /// Runs <paramref name="action"/> on the writer thread once the work is safely on disk; not at all when the work or
    /// the commit fails. It delays every other writer, so it must only wake somebody up.
    /// </summary>
    public void AfterCommit(Action action) => _afterCommit.Add(action);
}

using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Tocsin.Catalog;

/// <summary>Read-only connections, kept open between reads. A caller has one to itself for the time of a read.</summary>
internal sealed class ReadConnections(Func<SqliteConnection> open) : IDisposable
{
    /// <summary>More than this at once is rare; the surplus is closed after use.</summary>
    private const int MaxIdle = 8;

    private readonly ConcurrentBag<SqliteConnection> _idle = [];
    private volatile bool _disposed;

    public SqliteConnection Take()
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(CatalogDatabase));
        return _idle.TryTake(out SqliteConnection? connection) ? connection : open();
    }

    public void Return(SqliteConnection connection)
    {
        if (_idle.Count < MaxIdle && !_disposed)
            _idle.Add(connection);
        else
            connection.Dispose();
    }

    /// <summary>Idle connections are closed now, the ones in use when they return.</summary>
    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryTake(out SqliteConnection? connection))
            connection.Dispose();
    }
}

using System.Data;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Tocsin.Model.Metrics;

namespace Tocsin.Catalog;

/// <summary>
/// Relational state in one SQLite file (write-ahead log, synced commits). Writes pass one at a time through one thread
/// and are on disk when their task completes; reads run beside them on any thread, each on its own snapshot. The tables
/// are described in docs/formats/catalog.md.
/// </summary>
public sealed class CatalogDatabase : IAsyncDisposable
{
    /// <summary>How long to wait for a lock that another program (sqlite3, a backup) holds.</summary>
    private const int BusyMilliseconds = 5_000;

    /// <summary>A burst may grow the log beyond this; it is cut back at the next checkpoint.</summary>
    private const int LogBytesKept = 64 << 20;

    private readonly CatalogWriter _writer;
    private readonly ReadConnections _readers;

    private CatalogDatabase(string path, TimeProvider clock, MetricSet metrics)
    {
        _writer = new CatalogWriter(() => OpenForWriting(path), clock, metrics);
        _readers = new ReadConnections(() => OpenForReading(path));
    }

    /// <summary>Creates the file when it is missing, and brings its schema up to date.</summary>
    /// <exception cref="CatalogOpenException">The message says what is wrong and what to do.</exception>
    public static CatalogDatabase Open(string path, TimeProvider clock, MetricSet metrics) =>
        Open(path, Migrations.Embedded, clock, metrics);

    internal static CatalogDatabase Open(
        string path, IReadOnlyList<Migration> migrations, TimeProvider clock, MetricSet metrics)
    {
        PlatformSqlite.Use();
        try
        {
            CreatePrivate(path);
            using (SqliteConnection connection = OpenForWriting(path))
                Migrations.Apply(connection, migrations, clock);
        }
        catch (SqliteException cause)
        {
            throw new CatalogOpenException(Explain(path, cause), cause);
        }
        catch (Exception cause) when (cause is not CatalogOpenException)
        {
            // Folders that cannot be written, and damage SQLite itself does not notice, such as a null where none may be.
            throw new CatalogOpenException($"The catalog {path} cannot be opened: {cause.Message}", cause);
        }
        return new CatalogDatabase(path, clock, metrics);
    }

    /// <summary>
    /// Runs <paramref name="work"/> on the writer thread inside a transaction and completes after the commit has been
    /// synced. Works run in the order they were queued. When the work throws, its changes are undone and the task fails
    /// with that exception; when the disk fails, with <see cref="CatalogWriteException"/>.
    /// </summary>
    /// <param name="work">Must not block, and must not keep what it is given.</param>
    /// <param name="cancel">Counts until the work begins; from then on it is carried through.</param>
    public Task<T> Write<T>(Func<CatalogTransaction, T> work, CancellationToken cancel = default) =>
        _writer.Write(work, cancel);

    /// <summary>
    /// Runs <paramref name="work"/> on the calling thread; everything it reads is from one moment. It must return plain
    /// values: nothing lazy, nothing that needs the connection later.
    /// </summary>
    public T Read<T>(Func<IDbConnection, T> work)
    {
        SqliteConnection connection = _readers.Take();
        try
        {
            using SqliteTransaction snapshot = connection.BeginTransaction(deferred: true);
            return work(connection);
        }
        finally
        {
            _readers.Return(connection);
        }
    }

    /// <summary>Finishes the queued writes, then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        // Readers first: the last connection to close, the writer's, then folds the log back into the file.
        _readers.Dispose();
        await _writer.DisposeAsync().ConfigureAwait(false);
    }

    private static SqliteConnection OpenForWriting(string path)
    {
        SqliteConnection connection = OpenFile(path, SqliteOpenMode.ReadWriteCreate);
        connection.Execute($"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = {LogBytesKept}");
        return connection;
    }

    internal static SqliteConnection OpenForReading(string path) => OpenFile(path, SqliteOpenMode.ReadOnly);

    private static SqliteConnection OpenFile(string path, SqliteOpenMode mode)
    {
        // Pooling is ours: the library's pool hides when a connection, and with it a snapshot, really ends.
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 30,
        }.ToString());
        try
        {
            connection.Open();
            connection.Execute($"PRAGMA busy_timeout = {BusyMilliseconds}; PRAGMA foreign_keys = ON");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Alerts may quote secrets, so only the owner may read the file; SQLite gives its side files the same mode.</summary>
    internal static void CreatePrivate(string path)
    {
        if (File.Exists(path))
            return;
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var created = new FileStream(path, options);
    }

    private static string Explain(string path, SqliteException cause) => cause.SqliteErrorCode switch
    {
        raw.SQLITE_NOTADB => $"{path} is not a SQLite database.",
        raw.SQLITE_CORRUPT => $"{path} is damaged; restore it from a backup. SQLite says: {cause.Message}",
        raw.SQLITE_FULL => $"The disk that holds {path} is full.",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => $"{path} is in use by another program.",
        _ => $"The catalog {path} cannot be opened: {cause.Message}",
    };
}

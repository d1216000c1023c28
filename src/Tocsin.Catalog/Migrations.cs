using System.Globalization;
using System.Reflection;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Tocsin.Catalog;

/// <param name="Version">The number the file name begins with; never reused, never reordered.</param>
internal sealed record Migration(int Version, string Name, string Sql);

/// <summary>
/// Brings the schema up to date: every embedded NNNN_name.sql that schema_version does not list yet runs once, in
/// numeric order, each in a transaction of its own.
/// </summary>
internal static class Migrations
{
    /// <summary>"TCSN": marks the file as a catalog, so that another program's database is never migrated by mistake.</summary>
    private const int ApplicationId = 0x5443534E;

    public static IReadOnlyList<Migration> Embedded { get; } = ReadEmbedded();

    /// <exception cref="CatalogOpenException">The file is not a catalog, or a newer Tocsin has written it.</exception>
    public static void Apply(SqliteConnection connection, IReadOnlyList<Migration> known, TimeProvider clock)
    {
        ClaimFile(connection);
        connection.Execute(
            """
            CREATE TABLE IF NOT EXISTS schema_version (
              version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL)
            """);
        var applied = connection.Query<int>("SELECT version FROM schema_version").ToHashSet();
        RefuseNewer(connection, applied, known);
        foreach (Migration migration in known.Where(m => !applied.Contains(m.Version)).OrderBy(m => m.Version))
            ApplyOne(connection, migration, clock);
    }

    private static void ClaimFile(SqliteConnection connection)
    {
        int owner = connection.ExecuteScalar<int>("PRAGMA application_id");
        if (owner == ApplicationId)
            return;
        if (owner != 0 || connection.ExecuteScalar<int>("SELECT count(*) FROM sqlite_master") > 0)
            throw new CatalogOpenException(
                $"{connection.DataSource} is a database of another program (application id {owner}), not a Tocsin catalog.");
        connection.Execute($"PRAGMA application_id = {ApplicationId}");
    }

    private static void RefuseNewer(SqliteConnection connection, HashSet<int> applied, IReadOnlyList<Migration> known)
    {
        int newest = applied.DefaultIfEmpty().Max();
        int understood = known.Select(m => m.Version).DefaultIfEmpty().Max();
        if (newest > understood)
            throw new CatalogOpenException(
                $"{connection.DataSource} has schema {newest}, written by a newer Tocsin; this version understands up to " +
                $"{understood}. Start the newer version, or restore a backup made before the upgrade.");
    }

    private static void ApplyOne(SqliteConnection connection, Migration migration, TimeProvider clock)
    {
        using SqliteTransaction transaction = connection.BeginTransaction();
        try
        {
            connection.Execute(migration.Sql, transaction: transaction);
            connection.Execute(
                "INSERT INTO schema_version (version, name, applied_at) VALUES (@Version, @Name, @at)",
                new { migration.Version, migration.Name, at = clock.GetUtcNow().ToUnixTimeMilliseconds() }, transaction);
            transaction.Commit();
        }
        catch (SqliteException cause)
        {
            throw new CatalogOpenException(
                $"{connection.DataSource}: migration {migration.Version:D4}_{migration.Name} failed and was rolled back: " +
                cause.Message, cause);
        }
    }

    private static List<Migration> ReadEmbedded()
    {
        Assembly assembly = typeof(Migrations).Assembly;
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Select(name => Parse(name, ReadAll(assembly, name)))
            .OrderBy(m => m.Version)];
    }

    private static Migration Parse(string file, string sql) =>
        new(int.Parse(file.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture), file[5..^4], sql);

    private static string ReadAll(Assembly assembly, string name)
    {
        using Stream stream = assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

using Dapper;
using Microsoft.Data.Sqlite;

namespace Tocsin.Catalog;

/// <summary>Copies and checks a catalog file, whether or not a server works on it.</summary>
public static class CatalogCopy
{
    /// <summary>
    /// Writes the catalog as it is at one moment into a new file, without the space that deleted rows have left. The file has
    /// no log beside it; it is private like the original and not synced yet. Nothing happens when there is no catalog.
    /// </summary>
    /// <exception cref="CatalogWriteException">The copy could not be made.</exception>
    public static void Make(string catalog, string copy)
    {
        if (!File.Exists(catalog))
            return;
        try
        {
            // SQLite gives a new file the usual mode; an empty one that is there already keeps its own.
            CatalogDatabase.CreatePrivate(copy);
            using SqliteConnection connection = Open(catalog);
            connection.Execute("VACUUM INTO @copy", new { copy });
        }
        catch (SqliteException failed)
        {
            throw new CatalogWriteException($"The catalog could not be copied to {copy}: {failed.Message}", failed);
        }
    }

    /// <summary>Reads the whole file; null when it is sound, else what is wrong.</summary>
    public static string? Check(string catalog)
    {
        try
        {
            using SqliteConnection connection = Open(catalog);
            string[] found = [.. connection.Query<string>("PRAGMA integrity_check(10)")];
            return found is ["ok"] ? null : string.Join("; ", found);
        }
        catch (SqliteException unreadable)
        {
            return unreadable.Message;
        }
    }

    private static SqliteConnection Open(string path)
    {
        PlatformSqlite.Use();
        return CatalogDatabase.OpenForReading(path);
    }
}

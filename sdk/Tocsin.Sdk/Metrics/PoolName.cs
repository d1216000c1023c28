using System.Security.Cryptography;
using System.Text;

namespace TocsinSdk.Metrics;

/// <summary>
/// Npgsql names an unnamed connection pool after its connection string, which tells host and user to whoever reads the
/// page or gets the telemetry. Both get the database and a digest that tells pools apart: "shop-1f2e3d4c".
/// </summary>
internal static class PoolName
{
    /// <summary>How the names of such attributes of measures end.</summary>
    public static ReadOnlySpan<byte> Ending => "pool.name"u8;

    /// <summary>Whether the attribute of a measure, or of a span, names a pool.</summary>
    public static bool Is(string attribute) =>
        attribute.EndsWith("pool.name", StringComparison.Ordinal) || attribute == "db.npgsql.data_source";

    public static string Short(string name)
    {
        if (!name.Contains('='))
            return name;
        var database = "pool";
        foreach (var part in name.Split(';'))
            if (part.Split('=', 2, StringSplitOptions.TrimEntries) is [var key, var value]
                && key.ToUpperInvariant() is "DATABASE" or "INITIAL CATALOG")
                database = value;
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(name));
        return database + "-" + Convert.ToHexString(digest, 0, 4).ToLowerInvariant();
    }
}

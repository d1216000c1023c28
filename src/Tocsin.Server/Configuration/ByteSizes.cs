using System.Globalization;

namespace Tocsin.Server.Configuration;

/// <summary>Reads sizes as people write them: 500MB, 20GB, 1.5TB; also KiB, MiB, GiB, TiB.</summary>
public static class ByteSizes
{
    private static readonly (string Unit, double Bytes)[] s_units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12),
    ];

    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        foreach ((string unit, double factor) in s_units)
        {
            if (!text.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
                continue;
            if (!double.TryParse(text.AsSpan(0, text.Length - unit.Length).TrimEnd(), NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture, out double number) || number * factor > 1e15)
                return false;
            bytes = (long)(number * factor);
            return true;
        }
        return false;
    }
}

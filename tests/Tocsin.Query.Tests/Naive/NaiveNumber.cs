using System.Globalization;
using System.Numerics;

namespace Tocsin.Query.Tests.Naive;

/// <summary>Numbers are a long or a double; whole numbers stay exact, and so does comparing the two.</summary>
internal static class NaiveNumber
{
    /// <summary>A long, a double, or null for what is no number and no text of one.</summary>
    public static object? Of(object? value) => value switch
    {
        long => value,
        double d => double.IsNaN(d) ? null : value,
        string s when s.Length is > 0 and <= 64 && (char.IsAsciiDigit(s[^1]) || s[^1] == '.') => OfText(s),
        _ => null,
    };

    public static double Real(object number) => number is long whole ? whole : (double)number;

    /// <summary>The nearest one; a cast would cut.</summary>
    public static double Real(BigInteger number) => double.Parse(number.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    public static int Order(object a, object b) => (a, b) switch
    {
        (long x, long y) => x.CompareTo(y),
        (double x, double y) => x.CompareTo(y),
        (long x, double y) => Order(x, y),
        _ => -Order((long)b, (double)a),
    };

    /// <summary>A whole number while it fits.</summary>
    public static object Fit(BigInteger number) =>
        number >= long.MinValue && number <= long.MaxValue ? (object)(long)number : Real(number);

    public static object? Compute(string sign, object? a, object? b)
    {
        if (Of(a) is not { } left || Of(b) is not { } right)
            return null;
        if (sign is "/" or "%" && Real(right) == 0)
            return null;
        if (left is long x && right is long y)
        {
            BigInteger big = x;
            switch (sign)
            {
                case "+": return Fit(big + y);
                case "-": return Fit(big - y);
                case "*": return Fit(big * y);
                case "%": return Fit(big % y);
                default:
                    if (big % y == 0)
                        return Fit(big / y);
                    break;
            }
        }
        (double l, double r) = (Real(left), Real(right));
        double real = sign switch { "+" => l + r, "-" => l - r, "*" => l * r, "/" => l / r, _ => l % r };
        return double.IsNaN(real) ? null : real;
    }

    private static int Order(long whole, double real)
    {
        int order = double.IsInfinity(real) ? -Math.Sign(real) : new BigInteger(whole).CompareTo(new BigInteger(Math.Floor(real)));
        return order != 0 ? order : real > Math.Floor(real) ? -1 : 0;
    }

    private static object? OfText(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
            return whole;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double real) ? real : null;
    }
}

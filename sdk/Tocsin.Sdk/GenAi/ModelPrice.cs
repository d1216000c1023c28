using System.Globalization;

namespace TocsinSdk.GenAi;

/// <summary>US dollars per million tokens.</summary>
internal readonly record struct ModelPrice(double Input, double CachedInput, double Output)
{
    /// <summary>"input output" or "input cachedInput output"; null for anything else.</summary>
    public static ModelPrice? Parse(string text)
    {
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var numbers = new double[parts.Length];
        for (var i = 0; i < parts.Length; i++)
            if (!double.TryParse(parts[i], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out numbers[i])
                || !double.IsFinite(numbers[i]))
                return null;
        return numbers switch
        {
            [var input, var output] => new ModelPrice(input, input, output),
            [var input, var cached, var output] => new ModelPrice(input, cached, output),
            _ => null,
        };
    }

    /// <param name="input">All input tokens, the cached ones among them.</param>
    /// <param name="cachedInput">Those the provider had seen before.</param>
    /// <param name="output">Output tokens, those of reasoning among them.</param>
    public double Of(long input, long cachedInput, long output)
    {
        var cached = Math.Clamp(cachedInput, 0, input);
        return ((input - cached) * Input + cached * CachedInput + output * Output) / 1e6;
    }
}

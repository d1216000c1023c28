using System.Buffers;

namespace TocsinSdk.GenAi;

/// <summary>What a model costs: the options first, then the list that comes with the library. Any thread.</summary>
internal sealed class ModelPrices
{
    private static readonly SearchValues<char> s_date = SearchValues.Create("0123456789-");

    private static readonly Lazy<ModelPrices> s_builtIn = new(static () => new ModelPrices(ReadBuiltIn()));

    private readonly Dictionary<string, ModelPrice> _byName;

    private ModelPrices(Dictionary<string, ModelPrice> byName) => _byName = byName;

    /// <summary>Null when nobody knows the model; its use then has no cost.</summary>
    public static ModelPrice? Find(GenAiOptions options, string provider, string model)
    {
        var name = $"{provider}/{model}";
        foreach (var (key, price) in options.Prices)
            if (Names(key, name))
                return ModelPrice.Parse(price);
        return s_builtIn.Value.Find(name);
    }

    private ModelPrice? Find(string name)
    {
        if (_byName.TryGetValue(name, out var exact))
            return exact;
        foreach (var (key, price) in _byName)
            if (Names(key, name))
                return price;
        return null;
    }

    /// <summary>
    /// The same model, whatever its date: "gpt-4o" names "gpt-4o-2024-08-06" and "gpt-4o-latest", not "gpt-4o-mini".
    /// </summary>
    private static bool Names(string key, string name) =>
        name.StartsWith(key, StringComparison.OrdinalIgnoreCase) && IsVersion(name.AsSpan(key.Length));

    private static bool IsVersion(ReadOnlySpan<char> rest) =>
        rest.IsEmpty || rest[0] is '-' or '@' or ':'
            && (rest[1..] is "latest" || rest.Length > 4 && !rest[1..].ContainsAnyExcept(s_date));

    private static Dictionary<string, ModelPrice> ReadBuiltIn()
    {
        using var reader = new StreamReader(
            typeof(ModelPrices).Assembly.GetManifestResourceStream("prices.txt")!);
        var prices = new Dictionary<string, ModelPrice>(StringComparer.OrdinalIgnoreCase);
        while (reader.ReadLine() is { } line)
            if (line.Length > 0 && line[0] != '#')
            {
                var parts = line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
                prices.Add($"{parts[0]}/{parts[1]}", ModelPrice.Parse(parts[2])!.Value);
            }
        return prices;
    }
}

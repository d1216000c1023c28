namespace Tocsin.Server.Configuration;

/// <summary>One thing wrong with the configuration: where it stands and what was expected there.</summary>
/// <param name="Place">"tocsin.yaml:12", "TOCSIN_HTTP_PORT" or "--port".</param>
/// <param name="Key">Dotted path of the setting, empty for the whole file.</param>
public sealed record ConfigError(string Place, string Key, string Problem)
{
    public override string ToString() => Key.Length == 0 ? $"{Place}: {Problem}" : $"{Place}: {Key}: {Problem}";
}

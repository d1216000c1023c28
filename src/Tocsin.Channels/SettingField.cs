namespace Tocsin.Channels;

/// <summary>One key that a channel understands; forms and reference tables are made from it.</summary>
/// <param name="Format">What a value looks like, as the end of "… is expected".</param>
public sealed record SettingField(string Key, string Help, string Format)
{
    public bool Required { get; init; }

    /// <summary>Never shown. Of a secret address, scheme and host are.</summary>
    public bool Secret { get; init; }

    public string? Default { get; init; }

    public string Mask(string value)
    {
        if (!Secret)
            return value;
        return Uri.TryCreate(value, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https"
            ? Text.MaskUrl(url)
            : Text.Mask;
    }
}

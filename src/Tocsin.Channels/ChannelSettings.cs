namespace Tocsin.Channels;

/// <summary>One channel as the user wrote it. Lists are joined by commas.</summary>
public sealed record ChannelSettings(string Name, string Kind, IReadOnlyDictionary<string, string> Values);

/// <param name="Key">The key at fault, empty when the whole channel is.</param>
/// <param name="Expected">What was expected, without the value when that is secret.</param>
public sealed record SettingError(string Key, string Expected)
{
    public override string ToString() => Key.Length == 0 ? Expected : $"{Key}: {Expected}";
}

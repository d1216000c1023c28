namespace Tocsin.Channels;

/// <summary>A channel that is ready to send, with the rules that decide what it gets.</summary>
public sealed record ConfiguredChannel(Channel Channel, ChannelRules Rules)
{
    public string Name => Channel.Name;

    public string Kind => Channel.Kind;

    /// <summary>The settings for people's eyes, secrets replaced.</summary>
    public IReadOnlyDictionary<string, string> Masked { get; init; } = new Dictionary<string, string>();
}

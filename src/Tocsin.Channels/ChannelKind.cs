namespace Tocsin.Channels;

/// <summary>A kind of channel: the keys it understands and how to make one.</summary>
/// <param name="Create">Null when the reader found errors.</param>
public sealed record ChannelKind(
    string Name, IReadOnlyList<SettingField> Fields, Func<ChannelSettings, SettingReader, ChannelContext, Channel?> Create);

/// <param name="Channel">Null when there are errors.</param>
public sealed record ChannelSetup(ConfiguredChannel? Channel, IReadOnlyList<SettingError> Errors);

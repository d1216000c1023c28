namespace Tocsin.Channels;

/// <summary>Every kind of channel there is. One more is a file and a line here.</summary>
public static class ChannelKinds
{
    public static readonly IReadOnlyList<ChannelKind> All =
    [
        new("webhook", WebhookSettings.Fields, WebhookChannel.Create),
        new("slack", SlackSettings.Fields, SlackChannel.Create),
        new("email", EmailSettings.Fields, EmailChannel.Create),
    ];

    /// <summary>All keys of a kind, with those that every kind has.</summary>
    public static IReadOnlyList<SettingField> FieldsOf(ChannelKind kind) => [.. kind.Fields, .. CommonSettings.Fields];

    /// <summary>Builds the channel, or says for each wrong key what was expected. Errors never quote a secret.</summary>
    public static ChannelSetup Create(ChannelSettings settings, ChannelContext context)
    {
        ChannelKind? kind = All.FirstOrDefault(k => string.Equals(k.Name, settings.Kind, StringComparison.OrdinalIgnoreCase));
        if (kind is null)
            return new ChannelSetup(null, [new SettingError("kind",
                $"one of {string.Join(", ", All.Select(k => k.Name))} is expected, found '{Text.Cut(settings.Kind, 60)}'")]);
        IReadOnlyList<SettingField> fields = FieldsOf(kind);
        var reader = new SettingReader(settings.Values);
        reader.RejectUnknown(fields);
        ChannelRules rules = CommonSettings.Read(reader, context.Rules, settings.Values);
        Channel? channel = kind.Create(settings, reader, context);
        if (channel is null || reader.Errors.Count > 0)
        {
            channel?.Dispose();
            return new ChannelSetup(null, reader.Errors);
        }
        var masked = fields.Where(f => settings.Values.ContainsKey(f.Key))
            .ToDictionary(f => f.Key, f => f.Mask(settings.Values[f.Key]));
        return new ChannelSetup(new ConfiguredChannel(channel, rules) { Masked = masked }, []);
    }
}

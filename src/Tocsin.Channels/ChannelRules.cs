using Tocsin.Model.Alerts;

namespace Tocsin.Channels;

/// <summary>Which alerts a channel gets and how fast; the settings every kind of channel has.</summary>
public sealed record ChannelRules
{
    public AlertPriority MinPriority { get; init; } = AlertPriority.Low;

    /// <summary>Empty means every category.</summary>
    public IReadOnlyList<AlertCategory> Categories { get; init; } = [];

    public int RateLimit { get; init; } = 5;

    public TimeSpan RateWindow { get; init; } = TimeSpan.FromMinutes(5);

    public bool Wants(Alert alert) =>
        alert.Priority >= MinPriority && (Categories.Count == 0 || Categories.Contains(alert.Category));
}

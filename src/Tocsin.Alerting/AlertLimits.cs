namespace Tocsin.Alerting;

/// <summary>
/// How large the parts of an alert may be. The API refuses what is larger; findings of Tocsin itself are cut, because
/// an alert that is cut is better than none.
/// </summary>
public static class AlertLimits
{
    /// <summary>A request with every part at its limit would be larger; nobody sends that.</summary>
    public const int RequestBytes = 1 << 20;

    public const int TypeCharacters = 100;

    /// <summary>One line of a phone or a mail's subject shows less than half of this.</summary>
    public const int TitleCharacters = 300;

    /// <summary>Longer texts, such as stack traces, belong into the metadata.</summary>
    public const int MessageCharacters = 16 * 1024;
    public const int ResourceCharacters = 300;
    public const int KeyCharacters = 500;
    public const int NameCharacters = 200;
    public const int NotesCharacters = 4 * 1024;
    public const int UrlCharacters = 2 * 1024;

    /// <summary>Holds a stack trace of some hundred frames.</summary>
    public const int MetadataValueCharacters = 64 * 1024;
    public const int LabelValueCharacters = 1024;
    public const int Entries = 64;
    public const int Recommendations = 20;
    public const int RecommendationCharacters = 1024;
    public const int RelatedLogs = 200;

    /// <summary>A longer mute is a deletion that nobody would notice.</summary>
    public static readonly TimeSpan Suppression = TimeSpan.FromDays(30);

    public static readonly TimeSpan Expiry = TimeSpan.FromDays(365);
}

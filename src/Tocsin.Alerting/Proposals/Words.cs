using Tocsin.Model.Alerts;

namespace Tocsin.Alerting.Proposals;

/// <summary>The words of priorities, categories and states, as people and the API write them.</summary>
internal static class Words
{
    public static readonly string Priorities = ListOf<AlertPriority>(descending: true);
    public static readonly string Categories = ListOf<AlertCategory>(descending: false);
    public static readonly string Statuses = ListOf<AlertStatus>(descending: false);

    public static string Of<T>(T value)
        where T : struct, Enum => value.ToString().ToUpperInvariant();

    /// <summary>Names only, in any case; numbers are not words.</summary>
    public static T? Parse<T>(string word)
        where T : struct, Enum =>
        Enum.GetNames<T>().Any(name => name.Equals(word.Trim(), StringComparison.OrdinalIgnoreCase))
            ? Enum.Parse<T>(word.Trim(), ignoreCase: true)
            : null;

    private static string ListOf<T>(bool descending)
        where T : struct, Enum
    {
        IEnumerable<string> words = Enum.GetValues<T>().Select(Of);
        return string.Join(", ", descending ? words.Reverse() : words);
    }
}

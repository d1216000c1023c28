using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace TocsinSdk.BlackBox;

/// <summary>
/// Looks up what the current context says about a name such as user.id: tags and baggage of the activity and its
/// parents, then the log scopes, innermost last and strongest. Scopes are read only when their type belongs to the
/// framework, so no code of the application runs here; the crash handler depends on that.
/// </summary>
internal static class Surroundings
{
    public static string? Find(string name, Activity? activity, IExternalScopeProvider? scopes)
    {
        for (var at = activity; at is not null; at = at.Parent)
            if (Text(at.GetTagItem(name)) is { } tag)
                return tag;
        if (activity?.GetBaggageItem(name) is { } baggage)
            return baggage;
        if (scopes is null)
            return null;
        var search = new Search(name);
        scopes.ForEachScope(static (scope, s) => s.Look(scope), search);
        return search.Found;
    }

    private static string? Text(object? value) => value switch
    {
        string text => text,
        Guid or int or long or uint or ulong => value.ToString(),
        _ => null,
    };

    private sealed class Search(string name)
    {
        public string? Found { get; private set; }

        public void Look(object? scope)
        {
            if (scope is null || !IsOfFramework(scope.GetType()))
                return;
            if (scope is IReadOnlyList<KeyValuePair<string, object?>> list)
                for (var i = 0; i < list.Count; i++)
                    Take(list[i]);
            else if (scope is IEnumerable<KeyValuePair<string, object?>> pairs)
                foreach (var pair in pairs)
                    Take(pair);
            else if (scope is IEnumerable<KeyValuePair<string, string>> texts)
                foreach (var (key, value) in texts)
                    Take(new KeyValuePair<string, object?>(key, value));
        }

        private void Take(KeyValuePair<string, object?> pair)
        {
            if (pair.Key == name)
                Found = Text(pair.Value) ?? Found;
        }

        private static bool IsOfFramework(Type type) =>
            type.Assembly == typeof(object).Assembly
            || type.Assembly.FullName is { } name
                && (name.StartsWith("System.", StringComparison.Ordinal)
                || name.StartsWith("Microsoft.", StringComparison.Ordinal));
    }
}

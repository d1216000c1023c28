using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace TocsinSdk.Configuration;

/// <summary>
/// What can be configured: the tree of the public members of <see cref="TocsinOptions"/>. Names are found whatever
/// their case, with or without '_' and '-': max_file_size is MaxFileSize.
/// </summary>
internal sealed class OptionShape
{
    private const int MaxDepth = 8;
    private readonly Dictionary<string, OptionShape> _members = [];

    private OptionShape(string name, Type type, bool live, int depth)
    {
        Name = name;
        Type = Nullable.GetUnderlyingType(type) ?? type;
        Live = live;
        if (OptionText.IsSimple(Type) || depth == MaxDepth)
            return;
        if (ElementOf(Type) is { } element)
            Element = new OptionShape("", element, live, depth + 1);
        else
            foreach (var member in MembersOf(Type))
                _members[Normalized(member.Name)] = new OptionShape(
                    member.Name, member.PropertyType, live || IsLive(member), depth + 1);
    }

    public static OptionShape Root { get; } = new("", typeof(TocsinOptions), live: false, depth: 0);

    public string Name { get; }

    public Type Type { get; }

    /// <summary>A change takes effect without a restart.</summary>
    public bool Live { get; }

    /// <summary>The shape of each entry of a list or dictionary; null for anything else.</summary>
    public OptionShape? Element { get; }

    public bool IsDictionary => Element is not null && Type.GetGenericArguments().Length == 2;

    public bool IsList => Element is not null && !IsDictionary;

    public bool IsGroup => _members.Count > 0;

    public bool IsValue => Element is null && !IsGroup;

    public IEnumerable<OptionShape> Members => _members.Values;

    public OptionShape? Find(string key) => _members.GetValueOrDefault(Normalized(key));

    /// <summary>The member the writer probably meant; null when none is near.</summary>
    public string? Nearest(string key)
    {
        var wanted = Normalized(key);
        var (best, distance) = ((string?)null, 1 + Math.Max(1, wanted.Length / 3));
        foreach (var (name, member) in _members)
            if (Distance(wanted, name) is var d && d < distance)
                (best, distance) = (member.Name, d);
        return best;
    }

    private static string Normalized(string key) =>
        key.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();

    private static bool IsLive(PropertyInfo member) =>
        member.IsDefined(typeof(LiveAttribute)) || member.PropertyType.IsDefined(typeof(LiveAttribute));

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification =
        "The generated binder calls every one of these members, so none of them is trimmed.")]
    private static IEnumerable<PropertyInfo> MembersOf(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static p =>
            p.GetIndexParameters().Length == 0
            && (p.SetMethod is { IsPublic: true } || !OptionText.IsSimple(p.PropertyType))
            && !typeof(Delegate).IsAssignableFrom(p.PropertyType));

    private static Type? ElementOf(Type type) =>
        type.IsGenericType && typeof(System.Collections.IEnumerable).IsAssignableFrom(type)
            ? type.GetGenericArguments()[^1] : null;

    // Levenshtein, one row at a time.
    private static int Distance(string a, string b)
    {
        Span<int> row = stackalloc int[65];
        if (a.Length > 64 || b.Length > 64)
            return int.MaxValue;
        for (var j = 0; j <= b.Length; j++)
            row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var (diagonal, left) = (row[0], i);
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                left = Math.Min(Math.Min(row[j], left) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                (diagonal, row[j]) = (row[j], left);
            }
        }
        return row[b.Length];
    }
}

namespace TocsinSdk.Configuration;

/// <summary>One configured value.</summary>
/// <param name="Text">As written, after ${VARIABLES} are replaced.</param>
/// <param name="Place">Where from: "tocsin.yaml:3:5", "TOCSIN_URL", "Tocsin:Url".</param>
internal readonly record struct OptionValue(string Text, string Place);

namespace TocsinSdk.Configuration;

/// <summary>
/// Marks an option, or every option of a group, whose change takes effect in the running process. The part that owns it
/// reads it from <c>run.Settings.Options</c> each time, or listens to <c>run.SettingsChanged</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class)]
internal sealed class LiveAttribute : Attribute;

using TocsinSdk.Redaction;

namespace TocsinSdk.Tests.Redaction;

public sealed class CommandTextTests
{
    [Theory]
    [InlineData("app.dll --urls http://x:1", "app.dll --urls http://x:1")]
    [InlineData("app.dll --password hunter2 run", "app.dll --password [REDACTED] run")]
    [InlineData("app.dll --api-key=abc", "app.dll --api-key=[REDACTED]")]
    [InlineData("app.dll --password --verbose", "app.dll --password --verbose")]
    [InlineData("app.dll password hunter2", "app.dll password hunter2")]
    [InlineData("", "")]
    public void Secrets_are_masked_by_the_name_before_them(string command, string expected) =>
        CommandText.Of(command.Split(' '), new Redactor(new RedactionOptions())).ShouldBe(expected);
}

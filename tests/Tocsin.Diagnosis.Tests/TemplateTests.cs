namespace Tocsin.Diagnosis.Tests;

public sealed class TemplateTests
{
    [Theory]
    [InlineData("of {limit}", "of 512 MiB")]
    [InlineData("of {nothing|its limit}", "of its limit")]
    [InlineData("of {nothing}", null)]
    [InlineData("'%{{http_code}'", "'%{http_code}'")]
    [InlineData("'{{{{json .State}}'", "'{{json .State}}'")]
    [InlineData("", "")]
    public void Fills_places_with_evidence(string text, string? expected) =>
        Template.Parse(text, out _)!.Fill(n => n == "limit" ? "512 MiB" : null).ShouldBe(expected);

    [Fact]
    public void Values_are_never_templates_themselves() =>
        Template.Parse("{message}", out _)!.Fill(_ => "{limit}").ShouldBe("{limit}");

    [Theory]
    [InlineData("System.TimeoutException", "TimeoutException")]
    [InlineData("java.util.Map$Entry", "Entry")]
    [InlineData("Acme.Outer+Inner", "Inner")]
    [InlineData("Acme.Fault`1[System.Int32]", "Fault")]
    [InlineData("Error", "Error")]
    [InlineData("", "")]
    [InlineData("...", "...")]
    public void The_last_part_of_a_type_name_is_found(string type, string expected) =>
        TypePattern.BaseName(type).ShouldBe(expected);
}

using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace SegLossBias.Tests.Readme;

/// <summary>samples/QuickStart as a reader runs it, with fewer pictures and epochs.</summary>
public sealed partial class QuickStartTests : IDisposable
{
    private const int Epochs = 4;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    [Fact]
    public void QuickStart_LearnsItsPictures_AndTheSavedNetworkIsTheTrainedOne()
    {
        var (exitCode, output, errors) = Run($"{Epochs}", "96", Path.Combine(_folder.FullName, "network.bin"));

        (exitCode, errors).Should().Be((0, ""), output);
        var losses = Numbers(LossText(), output);
        losses.Should().HaveCount(Epochs);
        losses[^1].Should().BeInRange(0, losses[0] / 2);
        var dice = Numbers(DiceText(), output);
        dice.Should().HaveCount(Epochs + 1, "each epoch validates, and so does the loaded network");
        dice[^2].Should().BeInRange(0.85, 1);
        dice[^1].Should().Be(dice[^2]);
        TermsText().Count(output).Should().Be(Epochs, output);
    }

    [Fact]
    public void QuickStart_IsShort() =>
        File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Readme", "QuickStart.cs")).Should().HaveCountLessThanOrEqualTo(100).And.HaveCountGreaterThan(1);

    public void Dispose() => _folder.Delete(recursive: true);

    private static (int ExitCode, string Output, string Errors) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "QuickStart.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OMP_WAIT_POLICY"] = "PASSIVE";
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(TimeSpan.FromMinutes(5)))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        return (process.ExitCode, output.Result, errors.Result);
    }

    private static double[] Numbers(Regex text, string output) =>
        [.. text.Matches(output).Select(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];

    [GeneratedRegex(@"^epoch \d+: loss ([\d.]+);", RegexOptions.Multiline)]
    private static partial Regex LossText();

    [GeneratedRegex(@"validation DSC ([\d.]+)")]
    private static partial Regex DiceText();

    [GeneratedRegex(@"RCE\(L1\) [\d.]+ = CE [\d.]+ \+ [\d.]+ \S+ L1 [\d.]+;")]
    private static partial Regex TermsText();
}

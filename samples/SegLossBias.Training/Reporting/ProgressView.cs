using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace SegLossBias.Training;

/// <summary>Told what a run is doing.</summary>
internal interface IRunProgress
{
    void Step(double loss);

    void Epoch(EpochResult result);
}

/// <summary>Shows the runs while they train: bars on a terminal, one line per epoch elsewhere.</summary>
internal static class ProgressView
{
    public static bool IsTerminal => TrainingProgress.IsTerminal;

    /// <param name="runs">How many runs there will be.</param>
    /// <param name="steps">Steps of each run.</param>
    /// <param name="epochs">Epochs of each run.</param>
    /// <param name="work">Trains; asks for one progress per run.</param>
    public static void Show(int runs, int steps, int epochs, Action<Func<string, IRunProgress>> work)
    {
        if (!IsTerminal)
        {
            var (watch, done) = (Stopwatch.StartNew(), 0);
            work(label => new LineProgress(label, epochs, () => watch.Elapsed / ++done * ((runs * epochs) - done)));
            return;
        }

        AnsiConsole.Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn { Width = Math.Clamp(AnsiConsole.Profile.Width - 70, 8, 40) },
                new RemainingTimeColumn { Style = Style.Plain })
            .Start(context =>
            {
                var all = context.AddTask($"all {runs} runs (time left at the right)", maxValue: runs * steps);
                work(label => new BarProgress(label, epochs, context.AddTask(Markup.Escape(label), maxValue: steps), all));
            });
    }

    private static string Percent(double share, string format) =>
        (100 * share).ToString(format, CultureInfo.InvariantCulture) + " %";

    private static string Number(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);

    private sealed class BarProgress(string label, int epochs, ProgressTask task, ProgressTask all) : IRunProgress
    {
        private string _scores = "";

        public void Step(double loss)
        {
            task.Increment(1);
            all.Increment(1);
            Describe(loss);
        }

        public void Epoch(EpochResult result)
        {
            _scores = $"  {result.Epoch}/{epochs}  DSC {Percent(result.Validation.Dice, "0.0")}  size {Percent(result.Validation.SizeError, "+0;-0;0")}";
            Describe(result.TrainLoss);
        }

        private void Describe(double loss) => task.Description = Markup.Escape($"{label,-10} loss {Number(loss)}{_scores}");
    }

    private sealed class LineProgress(string label, int epochs, Func<TimeSpan> estimateLeft) : IRunProgress
    {
        public void Step(double loss)
        {
        }

        public void Epoch(EpochResult result)
        {
            Console.WriteLine(
                $"{label,-12} epoch {result.Epoch,3}/{epochs}  loss {Number(result.TrainLoss)}{(result.Parts.Length > 0 ? $" ({result.Parts})" : "")}"
                + $"  validation DSC {Percent(result.Validation.Dice, "0.0")}"
                + $"  foreground {Percent(result.Validation.PredictedSize, "0.00")} (true {Percent(result.Validation.TrueSize, "0.00")})"
                + $"  {result.Seconds.ToString("0.0", CultureInfo.InvariantCulture)} s  left {estimateLeft():h\\:mm\\:ss}");
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace SegLossBias.Training;

/// <summary>Told what a run is doing.</summary>
internal interface ITrainingProgress
{
    /// <param name="finished">Epochs that a checkpoint already has.</param>
    void Begin(int finished);

    void Step(double loss);

    void Epoch(EpochRecord epoch);
}

/// <summary>Shows the runs while they train, with the time left: bars on a terminal, one line per epoch elsewhere.</summary>
internal static class TrainingProgress
{
    private static bool IsTerminal => AnsiConsole.Profile.Capabilities.Interactive && AnsiConsole.Profile.Capabilities.Ansi;

    /// <param name="runs">How many runs there will be.</param>
    /// <param name="epochs">Epochs of each run.</param>
    /// <param name="steps">Steps of each epoch.</param>
    /// <param name="work">Trains; asks for one progress per run.</param>
    public static void Show(int runs, int epochs, int steps, Action<Func<string, ITrainingProgress>> work)
    {
        if (!IsTerminal)
        {
            var left = new TimeLeft(runs * epochs);
            work(label => new Lines(label, epochs, left));
            return;
        }

        AnsiConsole.Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn { Width = Math.Clamp(AnsiConsole.Profile.Width - 70, 8, 40) },
                new RemainingTimeColumn { Style = Style.Plain })
            .Start(context =>
            {
                var all = context.AddTask($"all {runs} runs (time left at the right)", maxValue: runs * epochs * steps);
                work(label => new Bars(label, epochs, steps, context.AddTask(Markup.Escape(label), maxValue: epochs * steps), all));
            });
    }

    private static string Percent(double share, string format) =>
        (100 * share).ToString(format, CultureInfo.InvariantCulture) + " %";

    private static string Number(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);

    /// <summary>The time that the open epochs will take if they are as long as those trained so far; epochs from a checkpoint took none.</summary>
    internal sealed class TimeLeft(int open)
    {
        private readonly Stopwatch _watch = Stopwatch.StartNew();
        private int _trained;
        private int _open = open;

        public void Skip(int epochs) => _open -= epochs;

        public TimeSpan AfterEpoch() => At(_watch.Elapsed);

        internal TimeSpan At(TimeSpan elapsed) => elapsed / ++_trained * --_open;
    }

    private sealed class Bars(string label, int epochs, int steps, ProgressTask task, ProgressTask all) : ITrainingProgress
    {
        private string _scores = "";

        /// <summary>Less to do, not more done: the time left is judged by what was done now.</summary>
        public void Begin(int finished)
        {
            task.MaxValue -= finished * steps;
            all.MaxValue -= finished * steps;
        }

        public void Step(double loss)
        {
            task.Increment(1);
            all.Increment(1);
            Describe(loss);
        }

        public void Epoch(EpochRecord epoch)
        {
            _scores = $"  {epoch.Epoch}/{epochs}  DSC {Percent(epoch.Dice, "0.0")}  size {Percent((epoch.PredictedSize / epoch.TrueSize) - 1, "+0;-0;0")}";
            Describe(epoch.TrainLoss);
        }

        private void Describe(double loss) => task.Description = Markup.Escape($"{label,-10} loss {Number(loss)}{_scores}");
    }

    private sealed class Lines(string label, int epochs, TimeLeft left) : ITrainingProgress
    {
        public void Begin(int finished) => left.Skip(finished);

        public void Step(double loss)
        {
        }

        public void Epoch(EpochRecord epoch) => Console.WriteLine(
            $"{label,-12} epoch {epoch.Epoch,3}/{epochs}  loss {Number(epoch.TrainLoss)}{(epoch.Parts.Length > 0 ? $" ({epoch.Parts})" : "")}"
            + $"  validation DSC {Percent(epoch.Dice, "0.0")}"
            + $"  foreground {Percent(epoch.PredictedSize, "0.000")} (true {Percent(epoch.TrueSize, "0.000")})"
            + $"  {epoch.Seconds.ToString("0.0", CultureInfo.InvariantCulture)} s  left {left.AfterEpoch():d\\.hh\\:mm\\:ss}");
    }
}

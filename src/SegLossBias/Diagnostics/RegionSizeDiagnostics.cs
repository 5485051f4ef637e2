using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// Which way region sizes lean, and what pulls at them: over an epoch, per class, true and predicted sizes by bins of the true size,
/// and the share of the gradient that each class and each term of a loss has.
/// </summary>
/// <remarks>
/// With the true proportion ŷ = T/|V| and the predicted one p̂ = P/|V| (τ = 1) of a region in an image, z the logits:
/// <code>
/// errors   p̂ − ŷ, |p̂ − ŷ|, (p̂ − ŷ)/ŷ                        means over the images of a bin
/// gradient ‖∂(λ·term)/∂z‖₂ and the share Σ_{i in region} ‖∂/∂z_i‖² / Σ_i ‖∂/∂z_i‖² of its square
/// </code>
/// A pixel belongs to its true class (soft labels share it out); in binary and multilabel mode a channel has two regions, foreground
/// and background. So "the background drowns the lesion" is a number. An image whose pixels are all ignored is not counted, an absent
/// region has a bin of its own and no relative error.
/// <para>
/// It reads a loss and changes nothing: neither logits nor network get a gradient. <see cref="Add"/> costs a pass for the sizes
/// and, for each term, a forward and a backward pass of the loss, not of the network; it waits for the device. What it keeps does not
/// grow. Sums add up: those of several machines or epochs by <see cref="Merge"/>.
/// </para>
/// Sizes after Liu et al., arXiv:2104.08717, Sec. 2; the shares of the gradient are ours.
/// </remarks>
/// <example><code>
/// var diagnostics = new RegionSizeDiagnostics();
/// diagnostics.Add(loss, logits.detach(), labels);   // in each step, or in some
/// Console.WriteLine(diagnostics);
/// </code></example>
public sealed class RegionSizeDiagnostics
{
    private SegmentationMode _mode;
    private int _channels;
    private string[] _terms = [];
    private SizeTable? _sizes;
    private double[][] _energies = [];

    /// <summary>Bounds of the bins of true proportions, in (0, 1), ascending: by default 0.001, 0.01 and 0.1. A proportion equal to a bound lies below it.</summary>
    /// <exception cref="ArgumentException">They are not ascending, or not between 0 and 1.</exception>
    public IReadOnlyList<double> Edges
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = AreEdges(value) ? [.. value] : throw new ArgumentException($"bounds of bins of proportions ascend and lie between 0 and 1, but they are {Shapes.Text(value)}; pass for example [0.001, 0.01, 0.1].", nameof(value));
        }
    } = [0.001, 0.01, 0.1];

    /// <summary>Batches whose gradient was measured.</summary>
    public long Batches { get; private set; }

    /// <summary>The bins that have images, class by class.</summary>
    public IReadOnlyList<SizeBin> Sizes => [.. _sizes?.Bins(Names) ?? []];

    /// <summary>The terms, then the whole loss; empty before the first <see cref="Add"/>.</summary>
    public IReadOnlyList<TermGradient> Gradients
    {
        get
        {
            var norms = _energies.Select(energy => Math.Sqrt(energy.Sum() / Batches)).ToArray();
            var all = norms.SkipLast(1).Sum();
            return [.. _energies.Select((energy, term) => new TermGradient(
                term < _terms.Length ? _terms[term] : "all", norms[term], all == 0 ? 0 : norms[term] / all,
                [.. energy.Select(part => energy.Sum() is var sum && sum == 0 ? 0 : part / sum)]))];
        }
    }

    private string[] Names => RegionSums.Names(_mode, _channels);

    /// <summary>Adds the sizes of a batch, and the gradients of the terms of the loss.</summary>
    /// <param name="loss">Its mode, ignored labels and epoch hold.</param>
    /// <param name="logits">[N,K,*].</param>
    /// <param name="target">Labels, by themselves or with more.</param>
    /// <exception cref="ArgumentException">An input breaks the contract of the loss, or the loss has another mode, channels or terms than before.</exception>
    public void Add(SegmentationLoss loss, Tensor logits, SegmentationTarget target)
    {
        ArgumentNullException.ThrowIfNull(loss);
        using var scope = NewDisposeScope();
        string[] terms = [.. loss.Terms.Select(term => term.Term.Name)];
        if (_energies.Length > 0 && !terms.SequenceEqual(_terms))
        {
            throw new ArgumentException($"diagnostics are of one loss, with the terms {string.Join(", ", _terms)}, but {loss.Name} has {string.Join(", ", terms)}; make new diagnostics for it.", nameof(loss));
        }

        // All that can fail comes before anything is added.
        var input = loss.Prepare(logits, target).Input;
        Tensor? whole = null;
        var energies = new List<double[]>();
        foreach (var term in loss.Terms)
        {
            using var part = loss.WithTerms([term]);
            var gradient = LossGradient.Of(part, logits, target);
            energies.Add(GradientEnergy.Of(gradient, input));
            whole = whole is null ? gradient : whole.Plus(gradient);
        }

        energies.Add(GradientEnergy.Of(whole!, input));
        AddSizes(loss, logits, target);
        AddEnergies(terms, energies, 1);
    }

    /// <summary>Adds the sizes of a batch alone: one pass, no gradient.</summary>
    /// <param name="loss">Its mode and ignored labels hold.</param>
    /// <param name="logits">[N,K,*].</param>
    /// <param name="target">Labels, by themselves or with more.</param>
    /// <exception cref="ArgumentException">An input breaks the contract of the loss, or the mode or the number of channels is another one than before.</exception>
    public void AddSizes(SegmentationLoss loss, Tensor logits, SegmentationTarget target)
    {
        ArgumentNullException.ThrowIfNull(loss);
        var images = RegionSums.Of(logits, target, loss.Mode, loss.Ignored, loss.ChecksLabels, readsLogarithms: false);
        var table = TableOf(loss.Mode, (int)logits.size(1), nameof(logits));
        foreach (var image in images)
        {
            for (var region = 0; region < image.Length; region++)
            {
                table.Add(region, image[region]);
            }
        }
    }

    /// <summary>Adds what others have counted.</summary>
    /// <param name="other">With the same bins, mode, channels and terms; unchanged.</param>
    /// <exception cref="ArgumentException">They differ.</exception>
    public void Merge(RegionSizeDiagnostics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (!Edges.SequenceEqual(other.Edges) || (_energies.Length > 0 && other._energies.Length > 0 && !_terms.SequenceEqual(other._terms)))
        {
            throw new ArgumentException($"diagnostics add up where bins and terms are the same, but here are {Shapes.Text(Edges)} of {string.Join(", ", _terms)} and there {Shapes.Text(other.Edges)} of {string.Join(", ", other._terms)}; merge those of one loss.", nameof(other));
        }

        if (other._sizes is { } sizes)
        {
            // A copy: others may be this.
            TableOf(other._mode, other._channels, nameof(other)).Add([.. sizes.Cells.Select(region => region.Select(cell => cell.ToArray()).ToArray())]);
            AddEnergies(other._terms, [.. other._energies.Select(energy => energy.ToArray())], other.Batches);
        }
    }

    /// <summary>Saves all as JSON, whole or not at all.</summary>
    /// <param name="path">The file; it is replaced.</param>
    public void Save(string path) => new DiagnosticsFile(nameof(RegionSizeDiagnostics), _mode, _channels, [.. Edges], _terms, Batches, _sizes?.Cells ?? [], _energies).Save(path);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It does not hold saved diagnostics, or is damaged.</exception>
    public static RegionSizeDiagnostics Load(string path)
    {
        var file = DiagnosticsFile.Load(path);
        var loaded = new RegionSizeDiagnostics { Edges = file.Edges };
        if (file.Channels > 0)
        {
            loaded.TableOf(file.Mode, file.Channels, nameof(path)).Add(file.Sizes);
            loaded.AddEnergies(file.Terms, file.Energies, file.Batches);
        }

        return loaded;
    }

    /// <summary>Two tables: sizes by class and bin, and gradients by term and class.</summary>
    public override string ToString() => DiagnosticsText.Of(Sizes, Gradients, Names);

    internal static bool AreEdges(IReadOnlyList<double> edges) =>
        edges.Zip(edges.Skip(1)).All(pair => pair.First < pair.Second) && edges.All(edge => edge is > 0 and < 1);

    /// <summary>The table of sizes; the first call fixes mode and channels.</summary>
    private SizeTable TableOf(SegmentationMode mode, int channels, string name)
    {
        if (_sizes is not null && (mode, channels) != (_mode, _channels))
        {
            throw new ArgumentException($"diagnostics are of one kind of logits, {_mode} with {_channels} channels, but these are {mode} with {channels}; make new diagnostics for them.", name);
        }

        (_mode, _channels) = (mode, channels);
        return _sizes ??= new SizeTable(mode == SegmentationMode.Multiclass ? channels : 2 * channels, Edges);
    }

    private void AddEnergies(string[] terms, IReadOnlyList<double[]> energies, long batches)
    {
        if (energies.Count == 0)
        {
            return;
        }

        if (_energies.Length == 0)
        {
            (_terms, _energies) = (terms, [.. energies.Select(energy => new double[energy.Length])]);
        }

        for (var term = 0; term < energies.Count; term++)
        {
            for (var region = 0; region < energies[term].Length; region++)
            {
                _energies[term][region] += energies[term][region];
            }
        }

        Batches += batches;
    }
}

using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>
/// A loss over one large batch, volume or set of tiles that comes in parts: its value and its gradient are those of the whole, exactly,
/// while only one part is in memory at a time.
/// </summary>
/// <remarks>
/// Every region term is a formula L on sums S over the pixels, and sums add up over parts. A first pass over the parts adds up S
/// without a graph. <see cref="Complete"/> forms L and its derivatives once. A second pass takes, for each part b with logits z_b,
/// the scalar <see cref="Share"/>, whose gradient is that of the whole loss:
/// <code>
/// S = Σ_b S_b      L = L(S)      ∂L/∂z_b = Σ_{n,k} ∂L/∂S(n,k) · ∂S_b(n,k)/∂z_b      share_b = Σ_{n,k} ∂L/∂S(n,k) · S_b(n,k)
/// </code>
/// The gradients of the shares add up, so that an optimiser's step after the second pass is that of the whole batch. The network is
/// evaluated twice; a part's graph is freed when its share is. What is kept are the sums, images × statistics × 2K numbers, however many parts there are.
/// <list type="bullet">
/// <item>Images may be whole in one part or be cut into tiles. Without numbers the images of a part are new ones, counted on in the order of the calls. Tiles say which image they are of.</item>
/// <item>Both passes need the same logits. Dropout draws anew in the second pass: seed it alike before each part, or switch it off. Batch normalisation in training mode sees a part and not the batch, in both passes alike, and updates its running averages twice; normalise per image (group, instance or layer normalisation) where the network itself is to be exact. <see cref="PassDifference"/> tells how far the passes are apart.</item>
/// <item>The second pass has each part of the first once. Another or a repeated one is an error: by its images and axes at once, by the true sizes of its regions at the latest with the last part of an image. <see cref="PartsLeft"/> tells whether one is missing.</item>
/// <item>Tiles must not overlap, else pixels count twice; ignore the margins, or weigh the pixels.</item>
/// <item>Over several machines, state the number of images and call <see cref="AllReduce"/> before <see cref="Complete"/>, <see cref="AddEmpty"/> first where a machine has no image. Then sum the gradients of the parameters over the machines, and do not average them.</item>
/// <item>Terms on single pixels (<see cref="PixelTerm"/>), such as one that sorts them, are not formulas on sums, and are refused. So is <c>Reduction.None</c>.</item>
/// <item>Instances keep their ids in all tiles of an image. Losses that read them do not run over several machines.</item>
/// <item>Schedules are read at the epoch of the loss, which must not change meanwhile. Second derivatives are not available.</item>
/// </list>
/// A batch without valid pixels counts 0 with zero gradient. Dispose it after each batch. Not for several threads at once.
/// The sums are those of Liu et al., arXiv:2104.08717, Sec. 2; the two passes are ours.
/// </remarks>
/// <example><code>
/// using var whole = new AccumulatedLoss(loss);
/// using (torch.no_grad())
/// {
///     foreach (var (images, labels) in parts) whole.Add(network.call(images), labels);
/// }
///
/// using var terms = whole.Complete();
/// foreach (var (images, labels) in parts)
/// {
///     using var share = whole.Share(network.call(images), labels);
///     share.backward();
/// }
///
/// optimizer.step();
/// </code></example>
public sealed class AccumulatedLoss : IDisposable
{
    /// <summary>Sums of weights may be added up in another order.</summary>
    private const double Rounding = 1e-9;

    /// <summary>The same where statistics are float32, as on MPS.</summary>
    private const double RoundingOfFloat32 = 1e-4;

    private readonly SegmentationLoss _loss;
    private readonly long? _images;
    private readonly StatisticTable _sums = new();
    private readonly StatisticTable _again = new();
    private readonly PartList _parts = new();
    private StatisticTable? _own;
    private LossPlan? _plan;
    private RowLayout? _layout;
    private ScalarType _dtype;
    private Tensor? _upstream;
    private long _next;
    private bool _isDisposed;

    /// <summary>A batch of as many images as its parts have.</summary>
    /// <param name="loss">Its settings and epoch hold; it remains the caller's.</param>
    /// <exception cref="ArgumentException">The loss has a term that is not a formula on sums, or no single value.</exception>
    public AccumulatedLoss(SegmentationLoss loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        PartCheck.EnsureAddsUp(loss);
        _loss = loss;
    }

    /// <summary>A batch of so many images, not all of which need be on this machine.</summary>
    /// <param name="loss">Its settings and epoch hold; it remains the caller's.</param>
    /// <param name="images">The images of the whole batch, the same number on every machine.</param>
    /// <exception cref="ArgumentException">The loss has a term that is not a formula on sums, or no single value.</exception>
    public AccumulatedLoss(SegmentationLoss loss, long images)
        : this(loss)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(images);
        _images = images;
    }

    /// <summary>
    /// How far the sums of the second pass are from those of the first, relative to them where they are above 1 pixel: the largest
    /// difference. Rounding where both passes saw the same logits. Read it after the second pass. Waits for the device.
    /// </summary>
    public double PassDifference => _again.LargestDifference(_own ?? _sums);

    /// <summary>Parts of the first pass that <see cref="Share"/> has not been given yet: 0 at the end of the second pass.</summary>
    public int PartsLeft => _parts.Left;

    /// <summary>First pass: adds the sums of a part. Makes no graph. Waits for the device.</summary>
    /// <param name="logits">[n,K,*] before softmax or sigmoid.</param>
    /// <param name="target">The labels of this part, by themselves or with more.</param>
    /// <param name="images">For each of the n entries the number of the image that its pixels are of, from 0; null where they are new images, in order.</param>
    /// <exception cref="ArgumentException">An input breaks the contract, or the images do not fit; the message says what to do.</exception>
    /// <exception cref="InvalidOperationException">The first pass is over.</exception>
    public void Add(Tensor logits, SegmentationTarget target, IReadOnlyList<long>? images = null)
    {
        if (_upstream is not null)
        {
            throw new InvalidOperationException("the first pass is over once Complete was called, but another part came; call Share in the second pass, and make a new AccumulatedLoss for the next batch.");
        }

        using var scope = NewDisposeScope();
        using var withoutGradient = no_grad();
        var part = Gather(logits, target, images, _next);
        _next = part.Next;
        _sums.Add(part.Rows, part.Index, _images ?? _next, _layout!);
        if (part.Images.Length > 0)
        {
            _parts.Add(part);
        }
    }

    /// <summary>
    /// First pass, on a machine that has no part of the batch: with it the machine takes part in <see cref="AllReduce"/>, for which the
    /// others wait. It changes no sum. Such a machine calls <see cref="Complete"/> too, whose values are float64 there, and no <see cref="Share"/>.
    /// </summary>
    /// <param name="channels">K, as the logits of the others have it.</param>
    /// <exception cref="ArgumentException">The loss cannot have so many channels.</exception>
    /// <exception cref="InvalidOperationException">The first pass is over.</exception>
    public void AddEmpty(int channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        using var scope = NewDisposeScope();
        var none = zeros([0, channels, 1], ScalarType.Float64, CPU);
        long[] shape = _loss.Mode == SegmentationMode.Multilabel ? [0, channels, 1] : [0, 1];
        var labels = zeros(shape, ScalarType.Int64, CPU);
        var target = new SegmentationTarget(labels).WithInstances(labels);
        Add(none, _loss.Plan(channels, instances: 1).Maps.Aggregate(target, (partial, map) => partial.WithMap(map, none)), []);
    }

    /// <summary>
    /// Sums the numbers of all machines, between the first pass and <see cref="Complete"/>: for each image of the batch, in order, a
    /// row of them for each statistic. Every machine must call it, with the same loss and number of images: one without a part calls
    /// <see cref="AddEmpty"/> before. Where one fails instead, the others wait for it; let its process end, which ends the run.
    /// </summary>
    /// <param name="sum">Replaces each number by its sum over the machines, such as <c>MPI_Allreduce</c> in place. What it throws comes out, and nothing has changed.</param>
    /// <exception cref="InvalidOperationException">The number of images was not stated, no part was added, or the first pass is over.</exception>
    public void AllReduce(Action<Span<double>> sum)
    {
        ArgumentNullException.ThrowIfNull(sum);
        if (_images is null)
        {
            throw new InvalidOperationException("machines can add up their numbers only if each has a row for every image of the batch, but the number of images was not stated; pass it to the constructor, and the numbers of the images to Add.");
        }

        EnsureHasParts();
        if (_layout!.HasInstances)
        {
            throw new InvalidOperationException($"the rows of images with instances are as long as the fullest image of a machine needs, so that machines cannot add them up, but {_loss.Name} reads instances; leave the term out, or keep the batch on one machine.");
        }

        if (_upstream is not null || _own is not null)
        {
            throw new InvalidOperationException("the numbers of the machines are added up once, after the first pass and before Complete; call AllReduce there.");
        }

        var own = _sums.Copy();
        try
        {
            _sums.Change(sum);
        }
        catch
        {
            own.Dispose();
            throw;
        }

        _own = own;
    }

    /// <summary>Ends the first pass: the value of the whole batch and its terms, for logging. Its total has no graph. Dispose the result.</summary>
    /// <exception cref="InvalidOperationException">No part was added, or this was called before.</exception>
    public LossBreakdown Complete()
    {
        EnsureHasParts();
        if (_upstream is not null)
        {
            throw new InvalidOperationException("Complete was called before; the batch has one value.");
        }

        using var scope = NewDisposeScope();
        using var withGradient = enable_grad();
        var rows = _layout!.Statistics(_sums.Rows!).detach().requires_grad_(true);
        var plan = _layout.HasInstances ? _loss.Plan(_plan!.Channels, _layout.InstanceCount(rows)) : _plan!;
        var tape = plan.TapeOfParts.Value!;
        var regions = new GatheredRegions("accumulated", [(tape.Statistics, rows)], _loss.Mode, plan.Channels, _layout.Classes(_sums.Rows!));
        var values = TensorInterpreter.Evaluate(tape, regions);
        _upstream = (values[0].requires_grad ? autograd.grad([values[0]], [rows])[0] : zeros_like(rows)).detach().DetachFromDisposeScope();
        var parts = plan.Terms.Select((term, index) =>
        {
            var raw = values[index + 1].detach().to(_dtype).clone();
            return new LossPart(term.Term.Name, plan.Lambda(index), plan.Definition(index), raw.MoveToOuterDisposeScope(), raw.Times(plan.Lambda(index)).alias().MoveToOuterDisposeScope());
        });
        return new LossBreakdown(_loss.Name, regions.Implementation, [.. parts], values[0].detach().to(_dtype).clone().MoveToOuterDisposeScope());
    }

    /// <summary>
    /// Second pass: a scalar whose gradient is that of the whole loss with respect to the logits of this part. Its value means nothing by
    /// itself. Waits for the device, since the true sizes are compared with those of the first pass. A part that is refused changes nothing.
    /// </summary>
    /// <param name="logits">As in the first pass, with a graph.</param>
    /// <param name="target">As in the first pass.</param>
    /// <param name="images">As in the first pass.</param>
    /// <exception cref="ArgumentException">
    /// An input breaks the contract, or the part is none of the first pass, by its images and axes or by the true sizes of its images, or
    /// was shared before; the message says what to do.
    /// </exception>
    /// <exception cref="InvalidOperationException">The first pass is not over.</exception>
    public Tensor Share(Tensor logits, SegmentationTarget target, IReadOnlyList<long>? images = null)
    {
        if (_upstream is null)
        {
            throw new InvalidOperationException("the gradient of a part needs the sums of all, but the first pass is not over; call Add for each part, then Complete.");
        }

        using var scope = NewDisposeScope();
        var part = Gather(logits, target, images, _again.Rows is null ? 0 : _next);
        if (part.Next > _upstream.shape[0])
        {
            throw new ArgumentException($"the second pass has the images of the first, {_upstream.shape[0]}, but this part has image {part.Next - 1}; pass the same parts again.", nameof(images));
        }

        if (part.Rows.shape[2] > _upstream.shape[2])
        {
            throw new ArgumentException($"the second pass has the instances of the first, but this part has more; pass the same parts again.", nameof(target));
        }

        if (part.Images.Length > 0)
        {
            var (row, columns) = (_plan!.TapeOfParts.Value!.Statistics.Count, 2 * _layout!.Channels);
            _parts.Take(part, _again.With(part, row, columns), (_own ?? _sums).Of(part, row, columns), _upstream.dtype == ScalarType.Float64 ? Rounding : RoundingOfFloat32);
        }

        _next = part.Next;
        var rows = _layout!.Widen(part.Rows, _upstream.shape[2]);
        using (no_grad())
        {
            _again.Add(rows.detach(), part.Index, _upstream.shape[0], _layout);
        }

        return _layout.Statistics(rows).mul(_upstream.index_select(0, part.Index)).sum().to(_dtype).alias().MoveToOuterDisposeScope();
    }

    /// <summary>Frees the sums.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _sums.Dispose();
        _again.Dispose();
        _own?.Dispose();
        _upstream?.Dispose();
    }

    private void EnsureHasParts()
    {
        if (_plan is null)
        {
            throw new InvalidOperationException("a batch needs at least one part, but none was added; call Add for each part first, and AddEmpty on a machine that has none.");
        }
    }

    /// <param name="logits">[n,K,*].</param>
    /// <param name="target">Of the part.</param>
    /// <param name="images">As the caller gave them.</param>
    /// <param name="next">The number of the first new image.</param>
    private GatheredPart Gather(Tensor logits, SegmentationTarget target, IReadOnlyList<long>? images, long next)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var (plan, input) = _loss.Prepare(logits, target);
        var numbers = PartCheck.Numbers(images, input.Images, next, _images);
        PartCheck.EnsureFits(plan, _plan);
        _dtype = input.Logits.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        var statistics = (_plan ?? plan).TapeOfParts.Value!.Statistics;
        _layout ??= RowLayout.Of(input, plan.ReadsInstances);
        var rows = _layout.WithClasses(StatisticRows.Of(RegionPrimitive.For(input, statistics), statistics, input.Mode), input.Instances?.Classes);
        GC.KeepAlive(logits);
        GC.KeepAlive(target);
        _plan ??= plan;
        return new(rows, numbers, input.Logits.shape[2..], Math.Max(next, numbers.Length == 0 ? 0 : numbers.Max() + 1));
    }
}

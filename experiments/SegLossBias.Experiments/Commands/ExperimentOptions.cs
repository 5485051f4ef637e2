using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;

namespace SegLossBias.Experiments.Commands;

/// <summary>The options that say what is trained, on what and how, and their way into <see cref="ExperimentSettings"/>.</summary>
internal sealed class ExperimentOptions
{
    private readonly Option<string?> _data = new("--data") { HelpName = "DIR", Description = "Folder of the data (default: generated pictures)" };
    private readonly Option<string?> _layout = Text("--layout", "NAME", $"How its files are laid out: {string.Join(", ", DataLayouts.All.Select(layout => layout.Name.ToLowerInvariant()))} (default: guessed from what is there)");
    private readonly Option<string?> _size = Text("--size", "HxW|DxHxW", "Size of the pictures as trained on, one number for a square, or of the patches of volumes (default: 64; with --data 96; volumes 48x64x48)");
    private readonly Option<FitKind?> _fit = new("--fit") { Description = "How pictures are brought to the size: stretch, or pad, which keeps their aspect and ignores what is missing (default: the protocol's)", CustomParser = OptionValue.Choice<FitKind> };
    private readonly Option<string?> _split = Text("--split", "SHARES|NAME", "A seeded split such as 80/10/10 (train, validation, test) of all cases, or the lists split_NAME_train.txt, _val.txt, _test.txt in the data's folder (default: as the layout says, without validation a fifth of the training cases)");
    private readonly Option<string?> _group = Text("--group", "REGEX", "Cases whose names give the same first group (one patient: '^(.+?)-IM') stay on one side of a seeded split and count as one in tests (default: the layout's own patients, children or videos)");
    private readonly Option<int> _dataSeed = new("--data-seed") { HelpName = "N", Description = "Draws the split and the generated pictures, the same for all seeds", CustomParser = argument => OptionValue.Whole(argument) ?? 0, DefaultValueFactory = _ => 1 };
    private readonly Option<OutputMode> _mode = new("--mode") { Description = "Logits: one per class (softmax), or one in all (sigmoid; two classes alone)", CustomParser = argument => OptionValue.Choice<OutputMode>(argument) ?? default, DefaultValueFactory = _ => OutputMode.Multiclass };
    private readonly Option<string?> _network = Text("--network", "NAME", $"Network: {string.Join(", ", NetworkFactory.All.Select(kind => kind.Name.ToLowerInvariant()))} (default: unet; for volumes unet3d)");
    private readonly Option<EncoderKind> _encoder = new("--encoder") { Description = "Encoder of a unet or an fpn (default: none, the network's own)", CustomParser = argument => OptionValue.Choice<EncoderKind>(argument) ?? default, DefaultValueFactory = _ => EncoderKind.None };
    private readonly Option<string?> _encoderWeights = Text("--encoder-weights", "imagenet|none|FILE", "Where an encoder begins: imagenet (resnet18 alone, and its default), none (random), or a .safetensors or .pth file of torchvision's state dict");
    private readonly Option<string?> _widths = Text("--widths", "LIST", "Channels, multiples of 16. Without an encoder: per resolution, finest first; how many there are is the depth (default: 16,32,64). With one, of the decoder: a unet has five, coarsest first (256,128,64,32,16), an fpn those of pyramid and head (256,128)");
    private readonly Option<string> _losses;
    private readonly Option<string?> _lambdas = Text("--lambdas", "LIST", "Values of λ: every loss is trained with each");
    private readonly Option<string> _seeds = new("--seeds") { HelpName = "LIST", Description = "Seeds of the initial weights and batches, separated by commas; several give mean ± standard deviation", DefaultValueFactory = _ => "1" };
    private readonly Option<ProtocolName> _protocol = new("--protocol") { Description = $"Defaults of --fit and of the ten options below. {Protocol.Help}", CustomParser = argument => OptionValue.Choice<ProtocolName>(argument) ?? default, DefaultValueFactory = _ => ProtocolName.Quick };
    private readonly Option<int?> _epochs = new("--epochs") { HelpName = "N", Description = "Passes over the training data", CustomParser = OptionValue.Whole };
    private readonly Option<int?> _batch = new("--batch") { HelpName = "N", Description = "Pictures, patches or (--whole) volumes per step; 2 or more, volumes 1", CustomParser = OptionValue.Whole };
    private readonly Option<OptimizerKind?> _optimizer = new("--optimizer") { Description = "Optimizer", CustomParser = OptionValue.Choice<OptimizerKind> };
    private readonly Option<double?> _beta2 = new("--beta2") { HelpName = "DECAY", Description = "Of Adam's mean of squared gradients", CustomParser = OptionValue.Number };
    private readonly Option<double?> _rate = new("--lr") { HelpName = "RATE", Description = "Initial learning rate", CustomParser = OptionValue.Number };
    private readonly Option<RateSchedule?> _schedule = new("--schedule") { Description = "How the learning rate falls", CustomParser = OptionValue.Choice<RateSchedule> };
    private readonly Option<ValidationMeasure?> _plateau = new("--plateau") { Description = "What the schedule plateau waits for", CustomParser = OptionValue.Choice<ValidationMeasure> };
    private readonly Option<ValidationMeasure?> _best = new("--best") { Description = "What chooses the best epoch, which is reported beside the last", CustomParser = OptionValue.Choice<ValidationMeasure> };
    private readonly Option<double?> _decay = new("--weight-decay") { HelpName = "FACTOR", Description = "L2 penalty of the weights", CustomParser = OptionValue.Number };
    private readonly Option<AugmentationKind?> _augment = new("--augment") { Description = "Flips: mirrored at random; colour: also changed in brightness and contrast; crop: the paper's for polyps, a part of a larger picture, mirrored left to right, and colour; full: mirrored, rotated, and changed in brightness and contrast", CustomParser = OptionValue.Choice<AugmentationKind> };
    private readonly Option<int?> _patches = new("--patches") { HelpName = "N", Description = "Patches per epoch of volumes (default: as many voxels as the training volumes have)", CustomParser = OptionValue.Whole };
    private readonly Option<double> _foreground = new("--foreground-share") { HelpName = "SHARE", Description = "Share of the patches that are centred on foreground, 0 to 1", CustomParser = argument => OptionValue.Number(argument) ?? double.NaN, DefaultValueFactory = _ => ExperimentSettings.DefaultForegroundShare };
    private readonly Option<bool> _whole = new("--whole") { Description = "A step takes --batch whole volumes (default then: 1) in tiles of --size instead of patches. The loss is exactly that of the volumes, while two tiles are in memory; each is passed twice" };
    private readonly Option<double> _tolerance = new("--tolerance") { HelpName = "MM", Description = "Tolerance of the NSD in mm, for pictures in pixels as trained on", CustomParser = argument => OptionValue.Number(argument) ?? double.NaN, DefaultValueFactory = _ => 1 };
    private readonly Option<string> _device = new("--device") { HelpName = "cpu|cuda", Description = "Where to train; cuda needs a build with the environment variable TorchBackend=cuda-linux or cuda-windows", DefaultValueFactory = _ => "cpu" };
    private readonly Option<int> _threads = new("--threads") { HelpName = "N", Description = "Threads of libtorch; 0 leaves its own choice", CustomParser = argument => OptionValue.Whole(argument) ?? 0, DefaultValueFactory = _ => 0 };

    /// <param name="losses">The losses trained by default.</param>
    /// <param name="lambdas">The values of λ tried by default; null where λ is not varied.</param>
    public ExperimentOptions(string losses, string? lambdas)
    {
        _losses = new("--losses")
        {
            HelpName = "LIST",
            Description = $"Losses, separated by commas, in quotes for the shell; parameters as in RCE(L1):lambda=0.5:tau=10; warmup=5 lets a given lambda rise over five epochs. Known: {string.Join(", ", LossFactory.Names)}",
            DefaultValueFactory = _ => losses,
        };
        if (lambdas is not null)
        {
            _lambdas.DefaultValueFactory = _ => lambdas;
        }

        All =
        [
            _data, _layout, _size, _fit, _split, _group, _dataSeed, _losses, _lambdas, _seeds, _mode, _network, _encoder, _encoderWeights, _widths,
            _protocol, _epochs, _batch, _optimizer, _beta2, _rate, _schedule, _plateau, _best, _decay, _augment, _patches, _foreground, _whole, _tolerance, _device, _threads,
        ];
    }

    public IReadOnlyList<Option> All { get; }

    /// <exception cref="UserError">A value is out of range, or two do not go together.</exception>
    public ExperimentSettings Read(ParseResult parsed)
    {
        var data = parsed.GetValue(_data) is { } folder ? GivenPath.Full(_data.Name, folder) : null;
        var layout = Layout(data, parsed.GetValue(_layout));
        var volumes = layout.Dimensions == 3;
        var network = NetworkFactory.Find(parsed.GetValue(_network) ?? (volumes ? "UNet3d" : "UNet"));
        var encoder = parsed.GetValue(_encoder);
        var protocol = Protocol.Of(parsed.GetValue(_protocol));
        var settings = new ExperimentSettings
        {
            Data = data,
            Layout = layout.Name,
            Size = Size(parsed.GetValue(_size) ?? (data is null ? "64" : volumes ? "48x64x48" : "96")),
            Fit = parsed.GetValue(_fit) ?? (volumes ? FitKind.Stretch : protocol.Fit),
            Split = parsed.GetValue(_split),
            Group = Pattern(parsed.GetValue(_group)),
            DataSeed = parsed.GetValue(_dataSeed),
            Mode = parsed.GetValue(_mode),
            Network = network.Name,
            Encoder = encoder,
            EncoderWeights = EncoderWeights(parsed.GetValue(_encoderWeights), encoder),
            Widths = parsed.GetValue(_widths) is { } widths ? CommaSeparated.Whole("--widths", widths) : network.DefaultWidths(encoder),
            Losses = Losses(parsed),
            Seeds = CommaSeparated.Whole("--seeds", parsed.GetValue(_seeds)!),
            Epochs = parsed.GetValue(_epochs) ?? protocol.Epochs,
            Batch = parsed.GetValue(_batch) ?? (parsed.GetValue(_whole) ? 1 : protocol.Batch),
            Optimizer = parsed.GetValue(_optimizer) ?? protocol.Optimizer,
            LearningRate = parsed.GetValue(_rate) ?? protocol.LearningRate,
            Schedule = parsed.GetValue(_schedule) ?? protocol.Schedule,
            PlateauMeasure = parsed.GetValue(_plateau) ?? protocol.PlateauMeasure,
            BestMeasure = parsed.GetValue(_best) ?? protocol.BestMeasure,
            WeightDecay = parsed.GetValue(_decay) ?? protocol.WeightDecay,
            AdamBeta2 = parsed.GetValue(_beta2) ?? protocol.AdamBeta2,
            Momentum = protocol.Momentum,
            Nesterov = protocol.Nesterov,
            Augmentation = parsed.GetValue(_augment) ?? protocol.Augmentation,
            WholeVolumes = parsed.GetValue(_whole),
            PatchesPerEpoch = parsed.GetValue(_patches),
            ForegroundShare = parsed.GetValue(_foreground),
            ToleranceMm = parsed.GetValue(_tolerance),
            Device = parsed.GetValue(_device)!,
            Threads = parsed.GetValue(_threads),
        };
        SettingsCheck.Check(settings);
        return settings;
    }

    private static IDataLayout Layout(string? data, string? given) => (data, given is null ? null : DataLayouts.Find(given)) switch
    {
        (null, null or { Name: DataLayouts.Generated }) => DataLayouts.Find(DataLayouts.Generated),
        (null, { } layout) => throw UserError.Usage($"--layout {layout.Name}: say with --data where the files are"),
        (_, { Name: DataLayouts.Generated }) => throw UserError.Usage("--layout generated reads no files: leave --data out"),
        ({ } folder, null) => DataLayouts.Guess(folder),
        (_, { } layout) => layout,
    };

    private static string EncoderWeights(string? given, EncoderKind encoder) => given switch
    {
        null => encoder == EncoderKind.ResNet18 ? ExperimentSettings.ImageNetWeights
            : encoder == EncoderKind.None ? ExperimentSettings.NoWeights
            : throw UserError.Usage($"--encoder-weights: {encoder} has no weights of its own at hand; give none, or a .safetensors or .pth file"),
        ExperimentSettings.ImageNetWeights or ExperimentSettings.NoWeights => given,
        _ => GivenPath.Full("--encoder-weights", given),
    };

    private LossSpec[] Losses(ParseResult parsed)
    {
        var losses = CommaSeparated.Items("--losses", parsed.GetValue(_losses)!).Select(LossSpec.Parse);
        return parsed.GetValue(_lambdas) is { } lambdas
            ? [.. losses.SelectMany(loss => CommaSeparated.Numbers("--lambdas", lambdas).Select(lambda => LossSpec.Parse((loss with { Lambda = lambda }).Text)))]
            : [.. losses];
    }

    private static int[] Size(string text)
    {
        var sides = text.Split('x').Select(side => int.TryParse(side, CultureInfo.InvariantCulture, out var pixels)
            ? pixels
            : throw UserError.Usage($"--size: '{text}' is not a size such as 96, 96x128 or 48x64x48")).ToArray();
        return sides.Length == 1 ? [sides[0], sides[0]] : sides;
    }

    private static string? Pattern(string? text)
    {
        try
        {
            return text is null ? null : new Regex(text).ToString();
        }
        catch (ArgumentException invalid)
        {
            throw UserError.Usage($"--group: {invalid.Message}");
        }
    }

    private static Option<string?> Text(string name, string helpName, string description) => new(name) { HelpName = helpName, Description = description };
}

#!/bin/bash
# The claims in benchmarks/, each measured beside a peer in the same run: tools/bench.sh DATA
# DATA holds the corpora as their publishers lay them out; workspace/real is what `make repro-real` made of them.
# Cleanlab, datasketch and PESQ run on our own libraries, from .venv-peers; CleanVision needs other versions, in its own.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
data=${1:-}
if [[ ! -d $data/fer2013 || ! -d $data/texts || ! -d $data/banglaser || ! -d $data/noise ]]; then
  echo "bench: make bench DATA=DIR: found no fer2013, texts, banglaser and noise in '$data', expected the corpora as published" >&2
  exit 1
fi
if [[ ! -e workspace/real/data/interim/probe/faces.parquet ]]; then
  echo "bench: found no workspace/real/data/interim/probe/faces.parquet, expected what make repro-real DATA=DIR writes" >&2
  exit 1
fi
date=$(date +%F)
bin=.venv/bin

if [[ ! -e .venv-peers/ready-2 ]]; then
  "$bin/uv" pip install --quiet --python "$bin/python" --no-deps --target .venv-peers \
    cleanlab==2.9.0 termcolor==3.3.0 datasketch==2.0.0 rapidfuzz==3.14.6 bnunicodenormalizer==0.1.7 pesq==0.0.4
  touch .venv-peers/ready-2
fi
if [[ ! -e .venv-cleanvision/ready ]]; then
  "$bin/uv" venv --quiet --clear --python "$bin/python" .venv-cleanvision
  "$bin/uv" pip install --quiet --python .venv-cleanvision/bin/python cleanvision==0.3.7
  touch .venv-cleanvision/ready
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export PYTHONPATH=$PWD:$PWD/.venv-peers

step() { printf '\n=== %s\n' "$1"; }
step "augmentation beside albumentations"
"$bin/python" benchmarks/augment.py --workspace workspace/real --scratch "$scratch" --date "$date"
step "face audit beside CleanVision"
env -u PYTHONPATH "$bin/python" benchmarks/face_audit.py --faces "$data/fer2013" \
  --peer .venv-cleanvision/bin/python --scratch "$scratch" --date "$date"
step "near duplicates of texts beside datasketch"
"$bin/python" benchmarks/near_texts.py --texts "$data/texts/emotion_texts.jsonl" --date "$date"
step "label issues beside Cleanlab"
"$bin/python" benchmarks/label_issues.py --workspace workspace/real --date "$date"
step "cleaning texts beside bnlp and bnunicodenormalizer"
"$bin/python" benchmarks/clean_text.py --texts "$data/texts/emotion_texts.jsonl" --date "$date"
step "the text probe beside a linear SVM"
"$bin/python" benchmarks/text_probe.py --workspace workspace/real --date "$date"
step "intervals by groups beside Wilson's and a loop over scikit-learn"
"$bin/python" benchmarks/judging.py --date "$date"
step "small models beside eager PyTorch"
"$bin/python" benchmarks/small.py --workspace workspace/real --date "$date"
step "training of models of faces beside a plain loop"
"$bin/python" benchmarks/fer_training.py --workspace workspace/real --date "$date"
step "labels of one annotator beside votes of many"
"$bin/python" benchmarks/soft_labels.py --workspace workspace/real --date "$date"
step "denoising beside RNNoise and noisereduce"
"$bin/python" benchmarks/denoise.py --data "$data" --scratch "$scratch" --date "$date"
step "from camera to voice, of the embedded corpus (make repro)"
"$bin/python" benchmarks/live.py --workspace . --date "$date"
step "words beside subwords in the feedback model"
"$bin/python" benchmarks/feedback_units.py --workspace workspace/real --date "$date"

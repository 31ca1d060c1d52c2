//! Opening the product where the settings say.

use app::clock::{SystemClock, SystemRandom};
use app::{App, Ctx};
use store::engine::{Engine, PostgresOptions};

use crate::failure::Failure;
use crate::settings::{Place, Settings};

/// The engine for the place. SQLite's directory is made.
pub fn engine(settings: &Settings) -> Result<Engine, Failure> {
    let engine = match &settings.place {
        Place::Sqlite(directory) => Engine::sqlite(directory),
        Place::Postgres { url, pool } => {
            let usual = PostgresOptions::default();
            let pool = pool.unwrap_or(usual.pool);
            Engine::postgres(url, &PostgresOptions { pool, ..usual })
        }
    };
    engine.map_err(|error| unusable(settings, &error))
}

/// Opens the product, setting it up if there is none.
pub async fn open(settings: &Settings) -> Result<App, Failure> {
    let engine = engine(settings)?;
    // Asked first because its errors still say what the database said.
    App::is_set_up(&engine).await.map_err(|error| unusable(settings, &error))?;
    open_on(settings, engine).await
}

/// Opens the product if there is one. Looking makes nothing.
pub async fn open_existing(settings: &Settings) -> Result<Option<App>, Failure> {
    if let Place::Sqlite(directory) = &settings.place
        && !directory.exists()
    {
        return Ok(None);
    }
    let engine = engine(settings)?;
    if App::is_set_up(&engine).await.map_err(|error| unusable(settings, &error))? {
        Ok(Some(open_on(settings, engine).await?))
    } else {
        engine.close().await;
        Ok(None)
    }
}

async fn open_on(settings: &Settings, engine: Engine) -> Result<App, Failure> {
    let opened = App::open(engine, settings.product.clone(), Box::new(SystemClock), Box::new(SystemRandom)).await;
    opened.map_err(|error| {
        let Failure::Undone(why) = Failure::of(&error) else {
            return error.into();
        };
        Failure::Undone(format!("cannot open {}: {why}", settings.place))
    })
}

/// The context of the command line in an organisation named by id or name.
pub async fn organisation(settings: &Settings, org: &str) -> Result<(App, Ctx), Failure> {
    let app = open_existing(settings).await?;
    let app = app.ok_or_else(|| Failure::Undone(format!("there is no organisation {org:?}: nothing is set up in {}", settings.place)))?;
    let found = match app::orgs::find(&app, org).await {
        Ok(org) => app.system(org.id).await,
        Err(app::Error::NotFound(what)) => {
            app.close().await;
            return Err(Failure::Undone(format!(
                "there is no {what} {org:?}: expected an id or a name that `loggia org list` shows"
            )));
        }
        Err(error) => Err(error),
    };
    match found {
        Ok(ctx) => Ok((app, ctx)),
        Err(error) => {
            app.close().await;
            Err(error.into())
        }
    }
}

fn unusable(settings: &Settings, error: &store::engine::Error) -> Failure {
    let why = match error {
        store::engine::Error::Closed => "nothing answers there".to_owned(),
        other => other.to_string(),
    };
    Failure::Undone(format!("cannot open {}: {why}", settings.place))
}

// Written by ./phone openapi.
export interface paths {
    "/admin/drain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Has new calls go to other instances; those of this one go on
         * @description Needs the role operator.
         */
        post: operations["post_admin_drain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/undrain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes new calls again after a drain
         * @description Needs the role operator.
         */
        post: operations["post_admin_undrain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/appointments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Appointments, the soonest first
         * @description Needs the role viewer.
         */
        get: operations["get_appointments"];
        put?: never;
        /**
         * Books a time for a customer
         * @description Needs the role operator.
         */
        post: operations["post_appointments"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/appointments/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Cancels an appointment
         * @description Needs the role operator.
         */
        delete: operations["delete_appointments_id"];
        options?: never;
        head?: never;
        /**
         * Moves an appointment
         * @description Needs the role operator.
         */
        patch: operations["patch_appointments_id"];
        trace?: never;
    };
    "/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What people did that others may have to know, the latest first
         * @description Needs the role manager.
         */
        get: operations["get_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calendar": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What can be booked, and when it is open
         * @description Needs the role viewer.
         */
        get: operations["get_calendar"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calendar/free": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every free time of a day for a service
         * @description Needs the role viewer.
         */
        get: operations["get_calendar_free"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/callers/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How much is kept of a caller
         * @description Needs the role manager.
         */
        get: operations["get_callers_number"];
        put?: never;
        post?: never;
        /**
         * Deletes everything that is kept of a caller
         * @description Needs the role manager.
         */
        delete: operations["delete_callers_number"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Calls, live ones first, by filters
         * @description Needs the role viewer.
         */
        get: operations["get_calls"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calls.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Calls as CSV
         * @description Needs the role viewer.
         */
        get: operations["get_calls.csv"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calls.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Calls as one JSON list
         * @description Needs the role viewer.
         */
        get: operations["get_calls.json"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calls/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happens in calls, live
         * @description Needs the role viewer.
         */
        get: operations["get_calls_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calls/turned-away": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Callers who got no assistant
         * @description Needs the role viewer.
         */
        get: operations["get_calls_turned_away"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calls/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The story of a call
         * @description Needs the role viewer.
         */
        get: operations["get_calls_id"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calls/{id}/beside": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The calls that began before and after a call
         * @description Needs the role viewer.
         */
        get: operations["get_calls_id_beside"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calls/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A call's log: what its decisions depended on
         * @description Needs the role viewer.
         */
        get: operations["get_calls_id_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calls/{id}/hangup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ends a call
         * @description Needs the role operator.
         */
        post: operations["post_calls_id_hangup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calls/{id}/note": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tells the assistant of a live call something that the caller does not hear
         * @description Needs the role operator.
         */
        post: operations["post_calls_id_note"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calls/{id}/recording": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The recording of a call as stereo WAV (μ-law, 8 kHz): the caller left, what they heard of the assistant right
         * @description Needs the role operator.
         */
        get: operations["get_calls_id_recording"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calls/{id}/recording/peaks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The loudness of a recording, for drawing it
         * @description Needs the role operator.
         */
        get: operations["get_calls_id_recording_peaks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calls/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Steps through what happened in a call: each event, what it changed, and what was done about it
         * @description Needs the role viewer.
         */
        get: operations["get_calls_id_replay"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calls/{id}/routes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where the caller of a live call can be transferred
         * @description Needs the role operator.
         */
        get: operations["get_calls_id_routes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calls/{id}/transfer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Transfers the caller of a live call to a route; the assistant tells them so
         * @description Needs the role operator.
         */
        post: operations["post_calls_id_transfer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/contacts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Contacts, by number
         * @description Needs the role viewer.
         */
        get: operations["get_contacts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/contacts/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All contacts as CSV, a line for each consent; to be imported again it needs whole numbers
         * @description Needs the role operator.
         */
        get: operations["get_contacts_export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/contacts/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Adds and changes contacts by a list in CSV, all of it or nothing; `dryRun` only reads it
         * @description Needs the role operator.
         */
        post: operations["post_contacts_import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/contacts/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is known of a number
         * @description Needs the role viewer.
         */
        get: operations["get_contacts_number"];
        /**
         * Changes what is known of a number
         * @description Needs the role operator.
         */
        put: operations["put_contacts_number"];
        post?: never;
        /**
         * Forgets a contact
         * @description Needs the role manager.
         */
        delete: operations["delete_contacts_number"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/customers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Customers of customer service
         * @description Needs the role viewer.
         */
        get: operations["get_customers"];
        put?: never;
        /**
         * Adds a customer
         * @description Needs the role operator.
         */
        post: operations["post_customers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/customers/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All customers as CSV; with whole numbers it can be imported again; PINs are not in it
         * @description Needs the role manager.
         */
        get: operations["get_customers_export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/customers/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Adds and changes customers by a list in CSV, all of it or nothing; `dryRun` says what it would do
         * @description Needs the role manager.
         */
        post: operations["post_customers_import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/customers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A customer with appointments and notes
         * @description Needs the role viewer.
         */
        get: operations["get_customers_id"];
        put?: never;
        post?: never;
        /**
         * Deletes a customer with appointments and notes
         * @description Needs the role manager.
         */
        delete: operations["delete_customers_id"];
        options?: never;
        head?: never;
        /**
         * Changes what is on record of a customer
         * @description Needs the role operator.
         */
        patch: operations["patch_customers_id"];
        trace?: never;
    };
    "/customers/{id}/notes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Notes something of a customer
         * @description Needs the role operator.
         */
        post: operations["post_customers_id_notes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/customers/{id}/notes/{note}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Deletes a note
         * @description Needs the role operator.
         */
        delete: operations["delete_customers_id_notes_note"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/customers/{id}/phones": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Adds a telephone to a customer
         * @description Needs the role operator.
         */
        post: operations["post_customers_id_phones"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/customers/{id}/phones/{phone}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Takes a telephone from a customer
         * @description Needs the role operator.
         */
        delete: operations["delete_customers_id_phones_phone"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/do-not-call": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Numbers that are never called; as CSV when `Accept: text/csv` asks for it
         * @description Needs the role viewer.
         */
        get: operations["get_do_not_call"];
        put?: never;
        /**
         * Adds the numbers of a list in CSV
         * @description Needs the role operator.
         */
        post: operations["post_do_not_call"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/do-not-call/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An entry of the list
         * @description Needs the role viewer.
         */
        get: operations["get_do_not_call_number"];
        /**
         * Has a number never be called
         * @description Needs the role operator.
         */
        put: operations["put_do_not_call_number"];
        post?: never;
        /**
         * Takes a number off the list
         * @description Needs the role manager.
         */
        delete: operations["delete_do_not_call_number"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/doctor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The debugging checklist: what was looked at, what was found, and what to do; at most 30 seconds old
         * @description Needs the role operator.
         */
        get: operations["get_doctor"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/fleet": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The instances on this database, and what each does
         * @description Needs the role viewer.
         */
        get: operations["get_fleet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/greetings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The recorded greetings
         * @description Needs the role viewer.
         */
        get: operations["get_greetings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/greetings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Has the model speak a greeting again
         * @description Needs the role manager.
         */
        delete: operations["delete_greetings_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Health of the process, for load balancers */
        get: operations["get_healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Your keys; for an owner, those of everybody
         * @description Needs the role viewer.
         */
        get: operations["get_keys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revokes a key: one of yours, or as an owner anybody’s
         * @description Needs the role viewer.
         */
        delete: operations["delete_keys_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/lbz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        get: operations["get_lbz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Messages callers left, the latest first
         * @description Needs the role viewer.
         */
        get: operations["get_messages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All messages of a filter as one file
         * @description Needs the role operator.
         */
        get: operations["get_messages_export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A message
         * @description Needs the role viewer.
         */
        get: operations["get_messages_id"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Says that somebody has seen to a message, or is to
         * @description Needs the role operator.
         */
        patch: operations["patch_messages_id"];
        trace?: never;
    };
    "/messages/{id}/deliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends a message again to where messages go now
         * @description Needs the role operator.
         */
        post: operations["post_messages_id_deliver"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages/{id}/recording": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a caller has recorded, as it is kept by Twilio
         * @description Needs the role operator.
         */
        get: operations["get_messages_id_recording"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Counts and times, as text for Prometheus
         * @description Needs the role viewer.
         */
        get: operations["get_metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/numbers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Our numbers, and who answers them
         * @description Needs the role viewer.
         */
        get: operations["get_numbers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/numbers/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who answers a number
         * @description Needs the role viewer.
         */
        get: operations["get_numbers_number"];
        /**
         * Has a mode instance answer a number from its next call on
         * @description Needs the role operator.
         */
        put: operations["put_numbers_number"];
        post?: never;
        /**
         * Has the settings decide again who answers a number
         * @description Needs the role operator.
         */
        delete: operations["delete_numbers_number"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/numbers/{number}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who has moved a number, when, from what to what; the latest first
         * @description Needs the role viewer.
         */
        get: operations["get_numbers_number_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/numbers/{number}/twilio": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where Twilio sends calls to a number, what is wrong with that, and what POST would change
         * @description Needs the role operator.
         */
        get: operations["get_numbers_number_twilio"];
        put?: never;
        /**
         * Has Twilio send calls to a number to this gateway; says what it has changed
         * @description Needs the role operator.
         */
        post: operations["post_numbers_number_twilio"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/outbound": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What calls can be placed for, from which number, and by which rules
         * @description Needs the role viewer.
         */
        get: operations["get_outbound"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/outbound-call": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Calls somebody
         * @description Needs the role operator.
         */
        post: operations["post_outbound_call"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/outbound-call/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Says whether a call may be placed now; calls nobody
         * @description Needs the role operator.
         */
        post: operations["post_outbound_call_check"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Everybody who may use these routes
         * @description Needs the role owner.
         */
        get: operations["get_people"];
        put?: never;
        /**
         * Adds a person
         * @description Needs the role owner.
         */
        post: operations["post_people"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/people/{person}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Gives a person another role
         * @description Needs the role owner.
         */
        put: operations["put_people_person"];
        post?: never;
        /**
         * Removes a person and revokes their keys
         * @description Needs the role owner.
         */
        delete: operations["delete_people_person"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/people/{person}/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Issues a key; it is shown in this answer and never again
         * @description Needs the role owner.
         */
        post: operations["post_people_person_keys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/phrases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What callers hear when the model owes an answer
         * @description Needs the role viewer.
         */
        get: operations["get_phrases"];
        put?: never;
        /**
         * Has a voice record the missing phrases
         * @description Needs the role manager.
         */
        post: operations["post_phrases"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Health of the process, for load balancers */
        get: operations["get_readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who is signed in, and what gateway this is
         * @description Needs the role viewer.
         */
        get: operations["get_session"];
        put?: never;
        /**
         * Signs a browser in by a key or the ADMIN_TOKEN: the answer sets its cookie
         * @description For everybody. A wrong key always gets the same answer.
         */
        post: operations["post_session"];
        /**
         * Signs out: this browser, or all of yours
         * @description Needs the role viewer.
         */
        delete: operations["delete_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Browsers that are signed in: yours; for an owner, those of everybody
         * @description Needs the role viewer.
         */
        get: operations["get_sessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Signs a browser out: one of yours, or as an owner anybody’s
         * @description Needs the role viewer.
         */
        delete: operations["delete_sessions_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The settings in force, with the whole document
         * @description Needs the role viewer.
         */
        get: operations["get_settings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/settings/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Says what is wrong with a document, or with the draft, and what is worth a look; changes nothing
         * @description Needs the role viewer.
         */
        post: operations["post_settings_check"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/settings/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is different between two versions, in words; from the version in force to the draft unless told otherwise
         * @description Needs the role viewer.
         */
        get: operations["get_settings_diff"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/settings/draft": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The draft, with what is to be said about it
         * @description Needs the role viewer.
         */
        get: operations["get_settings_draft"];
        /**
         * Stores the draft: If-Match has the ETag of the one that was edited; without it there must be none
         * @description Needs the role manager.
         */
        put: operations["put_settings_draft"];
        post?: never;
        /**
         * Discards the draft
         * @description Needs the role manager.
         */
        delete: operations["delete_settings_draft"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/settings/merge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Puts a changed document on top of what others have saved since; changes nothing
         * @description Needs the role manager.
         */
        post: operations["post_settings_merge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/settings/profiles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Calls of a span of time, time to the first words and cost by tuning profile
         * @description Needs the role viewer.
         */
        get: operations["get_settings_profiles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/settings/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Has the next call use the draft, or the document given
         * @description Needs the role manager.
         */
        post: operations["post_settings_publish"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/settings/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reads a document from YAML or JSON and says what is wrong with it, with lines; changes nothing
         * @description Needs the role manager.
         */
        post: operations["post_settings_read"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/settings/reload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reads the file of SETTINGS again
         * @description Needs the role manager.
         */
        post: operations["post_settings_reload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/settings/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes an old version the draft, or puts it in force at once
         * @description Needs the role manager.
         */
        post: operations["post_settings_restore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/settings/schema": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * JSON Schemas of the sections of the document, and of the instances of each kind
         * @description Needs the role viewer.
         */
        get: operations["get_settings_schema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/settings/telephone": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Understands a telephone number as it is dialled at home, in the country of the time zone
         * @description Needs the role manager.
         */
        post: operations["post_settings_telephone"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/settings/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Documents to begin with
         * @description Needs the role viewer.
         */
        get: operations["get_settings_templates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/settings/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The versions, the newest first; with `at` the one that was in force then
         * @description Needs the role viewer.
         */
        get: operations["get_settings_versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/settings/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One version with its document
         * @description Needs the role viewer.
         */
        get: operations["get_settings_versions_version"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/settings/write": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A document as YAML, with its fields in the usual order
         * @description Needs the role manager.
         */
        post: operations["post_settings_write"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Latency, cost, outcomes or problems of calls that are over, by day or hour; without test calls
         * @description Needs the role viewer.
         */
        get: operations["get_stats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/system": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The process that answers, what is kept for how long, and the newest backup
         * @description Needs the role operator.
         */
        get: operations["get_system"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/test-calls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a test call can ring
         * @description Needs the role operator.
         */
        get: operations["get_test_calls"];
        put?: never;
        /**
         * Begins a test call
         * @description Needs the role operator.
         */
        post: operations["post_test_calls"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/twilio/after-dial": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        get: operations["get_twilio_after_dial"];
        put?: never;
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        post: operations["post_twilio_after_dial"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/twilio/after-fallback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        get: operations["get_twilio_after_fallback"];
        put?: never;
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        post: operations["post_twilio_after_fallback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/twilio/after-record/{route}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        get: operations["get_twilio_after_record_route"];
        put?: never;
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        post: operations["post_twilio_after_record_route"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/twilio/after-stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        get: operations["get_twilio_after_stream"];
        put?: never;
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        post: operations["post_twilio_after_stream"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/twilio/amd": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        get: operations["get_twilio_amd"];
        put?: never;
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        post: operations["post_twilio_amd"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/twilio/amd/{callId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        get: operations["get_twilio_amd_callId"];
        put?: never;
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        post: operations["post_twilio_amd_callId"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/twilio/dial-status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        get: operations["get_twilio_dial_status"];
        put?: never;
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        post: operations["post_twilio_dial_status"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/twilio/person-answer/{callId}/{attempt}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        get: operations["get_twilio_person_answer_callId_attempt"];
        put?: never;
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        post: operations["post_twilio_person_answer_callId_attempt"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/twilio/person-status/{callId}/{attempt}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        get: operations["get_twilio_person_status_callId_attempt"];
        put?: never;
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        post: operations["post_twilio_person_status_callId_attempt"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/twilio/person/{callId}/{attempt}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        get: operations["get_twilio_person_callId_attempt"];
        put?: never;
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        post: operations["post_twilio_person_callId_attempt"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/twilio/recording": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        get: operations["get_twilio_recording"];
        put?: never;
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        post: operations["post_twilio_recording"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/twilio/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        get: operations["get_twilio_status"];
        put?: never;
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        post: operations["post_twilio_status"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/twilio/status/{callId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        get: operations["get_twilio_status_callId"];
        put?: never;
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        post: operations["post_twilio_status_callId"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/twiml": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        get: operations["get_twiml"];
        put?: never;
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        post: operations["post_twiml"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/twiml/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        get: operations["get_twiml_resume"];
        put?: never;
        /** A webhook of the carrier, not for people: without its signature nothing happens */
        post: operations["post_twiml_resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AcceptedCall: {
            callId: string;
            callSid?: string;
            state: string;
            to: string;
            mode: string;
            scenario: string;
            /** Format: date-time */
            requestedAt: string;
        };
        Appointment: {
            id: string;
            /** Format: date-time */
            startsAt: string;
            service: string;
            durationMinutes: number;
            /** @enum {string} */
            status: "booked" | "cancelled";
            customerId: string;
            customerName: string;
            callId: string | null;
            serviceId: string;
            resourceId: string | null;
        };
        AuditLine: {
            id: number;
            /** Format: date-time */
            at: string;
            who: string;
            action: string;
            target?: string;
            details?: {
                [key: string]: unknown;
            };
            address?: string;
        };
        BrowserSession: {
            id: string;
            name: string;
            /** @enum {string} */
            role: "viewer" | "operator" | "manager" | "owner";
            /** Format: date-time */
            startedAt: string;
            /** Format: date-time */
            lastUsedAt: string;
            /** Format: date-time */
            endsAt: string;
            address?: string;
            browser?: string;
            isThis: boolean;
        };
        Calendar: {
            timeZone: string;
            services: {
                id: string;
                name: string;
                durationMinutes: number;
                bufferMinutes: number;
            }[];
            resources: {
                id: string;
                name: string;
            }[];
            days: {
                date: string;
                open: {
                    opens: number;
                    closes: number;
                }[];
                closedFor?: string;
            }[];
        };
        CallActedOn: {
            callId: string;
            phase: string;
        };
        CallHead: {
            callId: string;
            callSid?: string;
            mode: string;
            instance?: string;
            settingsVersion?: number;
            tuningProfile?: string;
            language?: string;
            /** @constant */
            test?: true;
            draft?: number;
            direction: string;
            caller?: string;
            dialled: string;
            phase?: string;
            disposition?: string;
            startedAt: string;
            endedAt?: string;
            assistantEndedAt?: string;
            firstWordsMs?: number;
            problems?: string[];
            why?: string;
            whatToDo?: string;
            outcome?: string;
            turns?: number;
            speaker?: string;
            words?: string;
            costUsd?: number;
            costEstimated?: boolean;
            outbound?: {
                state: string;
                scenario?: string;
                gate?: string;
            } & {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        CallNeighbours: {
            older?: string;
            newer?: string;
        };
        CallReplay: {
            steps: {
                number: number;
                atMs: number;
                event: {
                    type: string;
                } & {
                    [key: string]: unknown;
                };
                phase: string;
                changes: {
                    path: string;
                    from?: unknown;
                    to?: unknown;
                }[];
                does: string[];
                did?: string[];
            }[];
            truncated: boolean;
        };
        CallRoute: {
            route: string;
            label: string;
            /** @enum {string} */
            kind: "person" | "voicemail";
        };
        CallStory: {
            callId: string;
            callSid?: string;
            mode: string;
            instance?: string;
            settingsVersion?: number;
            tuningProfile?: string;
            language?: string;
            promptVersion?: string;
            model?: string;
            /** @constant */
            test?: true;
            direction: string;
            caller?: string;
            dialled: string;
            answeredBy?: string;
            phase?: string;
            disposition?: string;
            startedAt: string;
            endedAt?: string;
            assistantEndedAt?: string;
            why?: string;
            whatToDo?: string;
            outcome?: string;
            firstWordsMs?: number;
            turns: ({
                /** @enum {string} */
                speaker: "caller" | "assistant";
                text: string;
                atMs: number;
                startedMs?: number;
                endedMs?: number;
                sentMs?: number;
                heardMs?: number;
                generatedMs?: number;
                /** @constant */
                cut?: true;
                unheard?: string;
                deltaMs?: number;
                latencyMs?: number;
                usage?: {
                    input: {
                        text: number;
                        audio: number;
                        cachedText: number;
                        cachedAudio: number;
                    } & {
                        [key: string]: unknown;
                    };
                    output: {
                        text: number;
                        audio: number;
                    } & {
                        [key: string]: unknown;
                    };
                } & {
                    [key: string]: unknown;
                };
                costUsd?: number;
            } & {
                [key: string]: unknown;
            })[];
            tools?: ({
                name: string;
                startedAtMs: number;
                durationMs: number;
                /** @enum {string} */
                outcome: "done" | "failed" | "timed_out" | "aborted";
                input?: unknown;
                result?: unknown;
            } & {
                [key: string]: unknown;
            })[];
            transfers?: ({
                /** @enum {string} */
                kind: "cold" | "warm" | "voicemail" | "fallback";
                route?: string;
                label?: string;
                number?: string;
                reason?: string;
                atMs: number;
                outcome?: string;
            } & {
                [key: string]: unknown;
            })[];
            problems: ({
                code: string;
                message: string;
                atMs: number;
            } & {
                [key: string]: unknown;
            })[];
            trial?: {
                draft?: number;
                wouldHave: string[];
            };
            /** @description What people at the business did in the call. */
            acts?: ({
                /** @enum {string} */
                kind: "note" | "transfer" | "listen";
                by: string;
                atMs: number;
                text?: string;
                route?: string;
                endedMs?: number;
            } & {
                [key: string]: unknown;
            })[];
            recording?: {
                durationMs: number;
                bytes: number;
            };
            speech?: ({
                startedMs: number;
                endedMs?: number;
                /** @enum {string} */
                as?: "noise" | "kept";
                clearedAfterMs?: number;
            } & {
                [key: string]: unknown;
            })[];
            phases?: ({
                phase: string;
                atMs: number;
            } & {
                [key: string]: unknown;
            })[];
            latency?: {
                webhook_to_answer?: number[];
                webhook_to_model_open?: number[];
                webhook_to_model_created?: number[];
                webhook_to_model_configured?: number[];
                webhook_to_greeting_delta?: number[];
                media_to_greeting_frame?: number[];
                speech_end_to_delta?: number[];
                speech_end_to_frame?: number[];
                speech_start_to_clear?: number[];
                tool_to_output?: number[];
                relay_in?: number[];
                relay_out?: number[];
            } & {
                [key: string]: unknown;
            };
            usage?: {
                input: {
                    text: number;
                    audio: number;
                    cachedText: number;
                    cachedAudio: number;
                } & {
                    [key: string]: unknown;
                };
                output: {
                    text: number;
                    audio: number;
                } & {
                    [key: string]: unknown;
                };
            } & {
                [key: string]: unknown;
            };
            cachedShare?: number;
            costUsd?: number;
            costEstimated?: boolean;
            audio?: {
                [key: string]: number;
            };
            omitted?: {
                [key: string]: number;
            };
            notes?: ({
                text: string;
                at: unknown;
            } & {
                [key: string]: unknown;
            })[];
            outbound?: {
                state: string;
                to: string;
                from: string;
                scenario?: string;
                requestedAt: string;
                dialledAt?: string;
                answeredAt?: string;
                endedAt?: string;
                gate?: string;
                until?: string;
                problem?: string;
            } & {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        CallVerdict: {
            isOpen: boolean;
            to: string;
            from: string;
            mode: string;
            scenario: string;
            /** @enum {string} */
            gate?: "destination" | "do_not_call" | "consent" | "calling_hours" | "frequency" | "in_progress" | "spend" | "queue_age";
            message?: string;
            /** Format: date-time */
            until?: string;
        };
        Contact: {
            number: string;
            timeZone?: string;
            consents: {
                /** @enum {string} */
                purpose: "informational" | "marketing";
                source: string;
                /** Format: date-time */
                givenAt: string;
                /** Format: date-time */
                expiresAt?: string;
                /** Format: date-time */
                revokedAt?: string;
            }[];
        };
        ContactImport: {
            lines: number;
            contacts: number;
        };
        Customer: {
            id: string;
            firstName: string;
            lastName: string;
            email: string | null;
            address: string | null;
            postcode: string | null;
            phones: string[];
            /** Format: date-time */
            createdAt: string;
        };
        CustomerFile: {
            id: string;
            firstName: string;
            lastName: string;
            email: string | null;
            address: string | null;
            postcode: string | null;
            phones: string[];
            /** Format: date-time */
            createdAt: string;
            appointments: components["schemas"]["Appointment"][];
            notes: {
                id: string;
                text: string;
                callId: string;
                /** Format: date-time */
                createdAt: string;
            }[];
        };
        CustomerImport: {
            added: number;
            changed: number;
            unchanged: number;
            lines: {
                line: number;
                name: string;
                /** @enum {string} */
                does: "new" | "changed";
                keptForContact: string[];
            }[];
            problems: {
                line: number;
                message: string;
            }[];
        };
        DoNotCallEntry: {
            number: string;
            /** @enum {string} */
            source: "api" | "cli" | "csv" | "call";
            reason?: string;
            callId?: string;
            /** Format: date-time */
            addedAt: string;
        };
        DoctorFinding: {
            name: string;
            /** @enum {string} */
            outcome: "ok" | "warning" | "failed";
            detail: string;
            action?: string;
        };
        Error: {
            error: {
                /** @description One of docs/reference/errors.md */
                code: string;
                message: string;
                gate?: string;
                /** Format: date-time */
                until?: string;
                lines?: {
                    line: number;
                    problem: string;
                }[];
            };
        };
        Finding: {
            path: string;
            message: string;
            /** @enum {string} */
            severity: "error" | "warning";
        };
        Fleet: {
            instance?: string;
            instances: components["schemas"]["Instance"][];
        };
        Greeting: {
            id: string;
            mode: string;
            promptVersion: string;
            voice: string;
            model: string;
            text: string;
            durationMs: number;
            /** Format: date-time */
            recordedAt: string;
        };
        Imported: {
            added: number;
            known: number;
        };
        Instance: {
            id: string;
            bootId: string;
            /** @enum {string} */
            state: "starting" | "ready" | "full" | "draining" | "closing" | "fenced" | "closed";
            isUp: boolean;
            isThis: boolean;
            /** @enum {string} */
            problem?: "secret_differs" | "name_taken";
            active: number;
            rated: number;
            loopP99Ms: number;
            version: string;
            address?: string;
            /** Format: date-time */
            startedAt: string;
            silentMs: number;
        };
        InstanceNow: {
            instance?: string;
            /** @enum {string} */
            state: "starting" | "ready" | "full" | "draining" | "closing" | "fenced" | "closed";
        };
        IssuedKey: {
            id: string;
            person: string;
            label?: string;
            /** Format: date-time */
            addedAt: string;
            /** Format: date-time */
            lastUsedAt?: string;
            /** Format: date-time */
            revokedAt?: string;
            key: string;
        };
        Key: {
            id: string;
            person: string;
            label?: string;
            /** Format: date-time */
            addedAt: string;
            /** Format: date-time */
            lastUsedAt?: string;
            /** Format: date-time */
            revokedAt?: string;
        };
        Message: {
            id: string;
            /** Format: date-time */
            createdAt: string;
            /** @enum {string} */
            kind: "message" | "callback" | "visit" | "recording" | "note";
            callId: string;
            callerName: string;
            callerNumber: string | null;
            callerExtension?: string;
            recipient?: string;
            text: string;
            /** @enum {string} */
            urgency: "normal" | "urgent";
            route?: string;
            recordingUrl?: string;
            /** Format: date-time */
            doneAt?: string;
            doneBy?: string;
            assignedTo?: string;
            /** @enum {string} */
            delivery: "nowhere" | "waiting" | "retrying" | "delivered" | "given_up";
            deliveries: {
                destination: string;
                /** @enum {string} */
                state: "waiting" | "retrying" | "delivered" | "given_up";
                attempts: number;
                /** Format: date-time */
                nextAttemptAt?: string;
                /** Format: date-time */
                deliveredAt?: string;
                /** Format: date-time */
                gaveUpAt?: string;
                answer?: string;
            }[];
            calledBack?: {
                callId: string;
                state: string;
                /** Format: date-time */
                requestedAt: string;
            };
        };
        Number: {
            number: string;
            mode: string;
            /** @enum {string} */
            source: "settings" | "stored" | "unlisted";
        };
        NumberChange: {
            mode: string | null;
            previousMode: string | null;
            changedBy: string;
            /** Format: date-time */
            changedAt: string;
        };
        NumbersNow: {
            numbers: components["schemas"]["Number"][];
            lost: {
                number: string;
                mode: string;
            }[];
            instances: {
                name: string;
                kind: string;
                isBuilt: boolean;
            }[];
            unknown: string;
            fallback?: {
                key: string;
                label: string;
            };
            business: {
                timeZone: string;
                isOpen: boolean;
                /** Format: date-time */
                until?: string;
                closedFor?: string;
            };
        };
        Opening: {
            open: boolean;
            /** Format: date-time */
            until?: string;
            closed?: {
                /** Format: date */
                from: string;
                /** Format: date */
                to: string;
                reason?: string;
            };
            /** Format: date */
            today: string;
        };
        OutboundOffer: {
            isOn: boolean;
            from: string;
            default?: string;
            modes: {
                name: string;
                scenarios: {
                    name: string;
                    context?: {
                        [key: string]: unknown;
                    };
                }[];
            }[];
            policy: {
                [key: string]: unknown;
            };
        };
        Person: {
            id: string;
            name: string;
            /** @enum {string} */
            role: "viewer" | "operator" | "manager" | "owner";
            /** Format: date-time */
            addedAt: string;
        };
        Phrase: {
            voice: string;
            language: string;
            key: string;
            text: string;
            durationMs: number;
            recorded?: {
                /** Format: date-time */
                at: string;
                model: string;
            };
        };
        Recorded: {
            voice: string;
            language: string;
            recorded: string[];
            failed: {
                key: string;
                problem: string;
            }[];
        };
        RecordingPeaks: {
            durationMs: number;
            stepMs: number;
            caller: number[];
            assistant: number[];
        };
        Removed: {
            number: string;
            /** @constant */
            removed: true;
        };
        RingChoices: {
            instances: string[];
            numbers: {
                number: string;
                instance: string;
            }[];
            hasDraft: boolean;
            model: {
                name: string;
                isSimulated: boolean;
                usdPerMinute?: number;
            };
            canSpeak: boolean;
        };
        Session: {
            name: string;
            /** @enum {string} */
            role: "viewer" | "operator" | "manager" | "owner";
            may: ("viewer" | "operator" | "manager" | "owner")[];
            business: {
                name: string;
                timeZone: string;
            };
            /** @enum {string} */
            runs: "dev" | "start";
            isModelSimulated: boolean;
            isCarrierSimulated: boolean;
        };
        SettingsConflict: {
            path: string;
            base?: unknown;
            mine?: unknown;
            theirs?: unknown;
        };
        SettingsDiff: {
            changes: {
                path: string;
                sentence: string;
                before?: unknown;
                after?: unknown;
            }[];
        };
        SettingsDraft: {
            document: {
                [key: string]: unknown;
            };
            baseVersion?: number;
            restoredFrom?: number;
            revision: number;
            /** Format: date-time */
            updatedAt: string;
            updatedBy: string;
            findings: components["schemas"]["Finding"][];
            editors: {
                name: string;
                /** Format: date-time */
                since: string;
            }[];
            opening?: components["schemas"]["Opening"];
        };
        SettingsInForce: {
            version?: number;
            /** @enum {string} */
            source: "seed" | "stored" | "copy" | "file";
            file?: string;
            isExample: boolean;
            notBuilt: string[];
            findings: components["schemas"]["Finding"][];
            document: {
                [key: string]: unknown;
            };
            opening?: components["schemas"]["Opening"];
            hasDraft?: boolean;
        };
        SettingsTemplate: {
            name: string;
            about: string;
            document: {
                [key: string]: unknown;
            };
        };
        SettingsVersion: {
            version: number;
            /** Format: date-time */
            publishedAt: string;
            publishedBy: string;
            note?: string;
            restoredFrom?: number;
        };
        SettingsVersionWithDocument: {
            version: number;
            /** Format: date-time */
            publishedAt: string;
            publishedBy: string;
            note?: string;
            restoredFrom?: number;
            document: {
                [key: string]: unknown;
            };
        };
        Statistics: {
            /** @constant */
            of: "latency";
            /** @enum {string} */
            by: "day" | "hour";
            timeZone: string;
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            /** @enum {string} */
            stage: "first_words" | "webhook_to_answer" | "webhook_to_model_open" | "webhook_to_model_created" | "webhook_to_model_configured" | "webhook_to_greeting_delta" | "media_to_greeting_frame" | "speech_end_to_delta" | "speech_end_to_frame" | "speech_start_to_clear" | "tool_to_output" | "relay_in" | "relay_out";
            atLeast: number;
            series: {
                /** @description The instance or model of a split; empty: calls without one. */
                name?: string;
                whole: {
                    calls: number;
                    /** @description Calls in which the stage was measured. */
                    measured: number;
                    /**
                     * @description Fewer calls than atLeast: there are no percentiles.
                     * @constant
                     */
                    tooFew?: true;
                    p50Ms?: number;
                    p95Ms?: number;
                    p99Ms?: number;
                };
                buckets: {
                    calls: number;
                    /** @description Calls in which the stage was measured. */
                    measured: number;
                    /**
                     * @description Fewer calls than atLeast: there are no percentiles.
                     * @constant
                     */
                    tooFew?: true;
                    p50Ms?: number;
                    p95Ms?: number;
                    p99Ms?: number;
                    /** Format: date-time */
                    from: string;
                    /** Format: date-time */
                    to: string;
                }[];
                distribution: {
                    fromMs: number;
                    toMs?: number;
                    count: number;
                }[];
            }[];
        } | {
            /** @constant */
            of: "cost";
            /** @enum {string} */
            by: "day" | "hour";
            timeZone: string;
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            series: {
                /** @description The instance or model of a split; empty: calls without one. */
                name?: string;
                whole: {
                    calls: number;
                    /** @description Calls whose cost is known. */
                    priced: number;
                    usd: number;
                    usdPerCall?: number;
                    /** @description Of the input tokens. */
                    cachedShare?: number;
                    parts: {
                        audioIn: number;
                        textIn: number;
                        cachedIn: number;
                        audioOut: number;
                        textOut: number;
                        transcripts: number;
                    };
                };
                buckets: {
                    calls: number;
                    /** @description Calls whose cost is known. */
                    priced: number;
                    usd: number;
                    usdPerCall?: number;
                    /** @description Of the input tokens. */
                    cachedShare?: number;
                    parts: {
                        audioIn: number;
                        textIn: number;
                        cachedIn: number;
                        audioOut: number;
                        textOut: number;
                        transcripts: number;
                    };
                    /** Format: date-time */
                    from: string;
                    /** Format: date-time */
                    to: string;
                }[];
            }[];
        } | {
            /** @constant */
            of: "outcomes";
            /** @enum {string} */
            by: "day" | "hour";
            timeZone: string;
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            series: {
                /** @description The instance or model of a split; empty: calls without one. */
                name?: string;
                whole: {
                    calls: number;
                    toTheEnd: number;
                    handedOver: number;
                    wentWrong: number;
                    notReached: number;
                    outcomes: {
                        [key: string]: number;
                    };
                };
                buckets: {
                    calls: number;
                    toTheEnd: number;
                    handedOver: number;
                    wentWrong: number;
                    notReached: number;
                    outcomes: {
                        [key: string]: number;
                    };
                    /** Format: date-time */
                    from: string;
                    /** Format: date-time */
                    to: string;
                }[];
            }[];
        } | {
            /** @constant */
            of: "problems";
            /** @enum {string} */
            by: "day" | "hour";
            timeZone: string;
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            series: {
                /** @description The instance or model of a split; empty: calls without one. */
                name?: string;
                whole: {
                    calls: number;
                    /** @description Calls that had any problem. */
                    troubled: number;
                    /** @description By code: in how many calls. */
                    problems: {
                        [key: string]: number;
                    };
                };
                buckets: {
                    calls: number;
                    /** @description Calls that had any problem. */
                    troubled: number;
                    /** @description By code: in how many calls. */
                    problems: {
                        [key: string]: number;
                    };
                    /** Format: date-time */
                    from: string;
                    /** Format: date-time */
                    to: string;
                }[];
            }[];
        };
        System: {
            node: string;
            pid: number;
            /** Format: date-time */
            startedAt: string;
            memoryBytes: number;
            liveCalls: number;
            keeps: {
                transcriptDays: number;
                eventDays: number;
                /** @enum {string} */
                toolData: "off" | "redacted" | "full";
                /** Format: date-time */
                deletedAt?: string;
            };
            /** @enum {string} */
            database: "sqlite" | "postgres";
            backup?: {
                file: string;
                /** Format: date-time */
                at: string;
                sizeBytes: number;
            };
            storageProblem?: string;
        };
        TestCall: {
            callId: string;
            /** @description Where the softphone opens its socket: once, within 30 seconds. */
            line: string;
        };
        TuningProfileFigures: {
            profile?: string;
            calls: number;
            firstWordsMs?: {
                p50: number;
                p95: number;
            };
            usdPerCall?: number;
        };
        WhichSettings: number | ("draft" | "current");
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    post_admin_drain: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InstanceNow"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    post_admin_undrain: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InstanceNow"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_appointments: {
        parameters: {
            query?: {
                from?: string;
                to?: string;
                customer?: string;
                status?: "booked" | "cancelled";
                q?: string;
                limit?: number;
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        appointments: components["schemas"]["Appointment"][];
                        next?: string;
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    post_appointments: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    customerId: string;
                    serviceId: string;
                    /** Format: date-time */
                    startsAt: string;
                };
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    delete_appointments_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    patch_appointments_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: date-time */
                    startsAt: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_audit: {
        parameters: {
            query?: {
                limit?: number;
                after?: number;
                who?: string;
                action?: string;
                target?: string;
                from?: string;
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        lines: components["schemas"]["AuditLine"][];
                        next?: number;
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_calendar: {
        parameters: {
            query: {
                from: string;
                days?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Calendar"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_calendar_free: {
        parameters: {
            query: {
                service: string;
                date: string;
                moving?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        starts: string[];
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_callers_number: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        number: string;
                        calls: number;
                        live: number;
                        messages: number;
                        customers: number;
                        contacts: number;
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    delete_callers_number: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        number: string;
                        calls: number;
                        messages: number;
                        notes: number;
                        outboundCalls: number;
                        contacts: number;
                        customers: number;
                        appointments: number;
                        waitingStories: number;
                        recordings: number;
                        scrubbed: boolean;
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_calls: {
        parameters: {
            query?: {
                q?: string;
                number?: string;
                instance?: string;
                direction?: "inbound" | "outbound";
                outcome?: "caller_hung_up" | "assistant_hung_up" | "operator_hung_up" | "transferred" | "voicemail" | "fallback" | "never_connected" | "drained" | "answering_machine" | "busy" | "no_answer" | "failed" | "canceled" | "cut_off";
                problem?: string;
                slowerThan?: number;
                from?: string;
                to?: string;
                test?: "true" | "false";
                settingsVersion?: number;
                tuningProfile?: string;
                limit?: number;
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        calls: components["schemas"]["CallHead"][];
                        next?: string;
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "get_calls.csv": {
        parameters: {
            query?: {
                q?: string;
                number?: string;
                instance?: string;
                direction?: "inbound" | "outbound";
                outcome?: "caller_hung_up" | "assistant_hung_up" | "operator_hung_up" | "transferred" | "voicemail" | "fallback" | "never_connected" | "drained" | "answering_machine" | "busy" | "no_answer" | "failed" | "canceled" | "cut_off";
                problem?: string;
                slowerThan?: number;
                from?: string;
                to?: string;
                test?: "true" | "false";
                settingsVersion?: number;
                tuningProfile?: string;
                reveal?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    "get_calls.json": {
        parameters: {
            query?: {
                q?: string;
                number?: string;
                instance?: string;
                direction?: "inbound" | "outbound";
                outcome?: "caller_hung_up" | "assistant_hung_up" | "operator_hung_up" | "transferred" | "voicemail" | "fallback" | "never_connected" | "drained" | "answering_machine" | "busy" | "no_answer" | "failed" | "canceled" | "cut_off";
                problem?: string;
                slowerThan?: number;
                from?: string;
                to?: string;
                test?: "true" | "false";
                settingsVersion?: number;
                tuningProfile?: string;
                reveal?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_calls_events: {
        parameters: {
            query?: {
                calls?: string;
                only?: string;
                level?: "list" | "detail";
                detail?: string;
                since?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_calls_turned_away: {
        parameters: {
            query?: {
                limit?: number;
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_calls_id: {
        parameters: {
            query?: {
                events?: "true" | "false";
                reveal?: "true" | "false";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallStory"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_calls_id_beside: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallNeighbours"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_calls_id_events: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    post_calls_id_hangup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    post_calls_id_note: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    text: string;
                    now?: boolean;
                };
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallActedOn"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_calls_id_recording: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/wav": string;
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_calls_id_recording_peaks: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingPeaks"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_calls_id_replay: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallReplay"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_calls_id_routes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        routes: components["schemas"]["CallRoute"][];
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    post_calls_id_transfer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    route: string;
                    ask?: boolean;
                    introduction?: string;
                };
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallActedOn"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_contacts: {
        parameters: {
            query?: {
                limit?: number;
                after?: string;
                reveal?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        contacts: components["schemas"]["Contact"][];
                        next?: string;
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_contacts_export: {
        parameters: {
            query?: {
                reveal?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    post_contacts_import: {
        parameters: {
            query?: {
                dryRun?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": string;
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContactImport"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_contacts_number: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Contact"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    put_contacts_number: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    timeZone?: string | null;
                    consents?: {
                        /** @enum {string} */
                        purpose: "informational" | "marketing";
                        source: string;
                        givenAt?: string;
                        expiresAt?: string;
                    }[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Contact"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    delete_contacts_number: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Removed"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_customers: {
        parameters: {
            query?: {
                q?: string;
                limit?: number;
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        customers: components["schemas"]["Customer"][];
                        next?: string;
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    post_customers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default  */
                    firstName?: string;
                    /** @default  */
                    lastName?: string;
                    email?: string | null;
                    address?: string | null;
                    postcode?: string | null;
                    /** @default [] */
                    phones?: string[];
                };
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomerFile"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_customers_export: {
        parameters: {
            query?: {
                reveal?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    post_customers_import: {
        parameters: {
            query?: {
                dryRun?: "true" | "false";
                share?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": string;
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomerImport"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_customers_id: {
        parameters: {
            query?: {
                reveal?: "true" | "false";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomerFile"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    delete_customers_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @constant */
                        removed: true;
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    patch_customers_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    firstName?: string;
                    lastName?: string;
                    email?: string | null;
                    address?: string | null;
                    postcode?: string | null;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomerFile"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    post_customers_id_notes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    text: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomerFile"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    delete_customers_id_notes_note: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                note: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomerFile"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    post_customers_id_phones: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    phone: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomerFile"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    delete_customers_id_phones_phone: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                phone: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomerFile"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_do_not_call: {
        parameters: {
            query?: {
                limit?: number;
                after?: string;
                reveal?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        entries: components["schemas"]["DoNotCallEntry"][];
                        next?: string;
                    };
                    "text/csv": string;
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    post_do_not_call: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": string;
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Imported"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_do_not_call_number: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoNotCallEntry"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    put_do_not_call_number: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason?: string;
                    /**
                     * @default api
                     * @enum {string}
                     */
                    source?: "api" | "cli";
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoNotCallEntry"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    delete_do_not_call_number: {
        parameters: {
            query?: {
                by?: string;
            };
            header?: never;
            path: {
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Removed"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_doctor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        checkedAt: string;
                        isWell: boolean;
                        findings: components["schemas"]["DoctorFinding"][];
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_fleet: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Fleet"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_greetings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        greetings: components["schemas"]["Greeting"][];
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    delete_greetings_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Well */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_keys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        keys: components["schemas"]["Key"][];
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    delete_keys_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Key"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_lbz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    get_messages: {
        parameters: {
            query?: {
                done?: "true" | "false";
                kind?: "message" | "callback" | "visit" | "recording" | "note";
                for?: string;
                assignedTo?: string;
                urgent?: "true" | "false";
                q?: string;
                call?: string;
                number?: string;
                from?: string;
                to?: string;
                delivery?: "failed" | "pending";
                limit?: number;
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        messages: components["schemas"]["Message"][];
                        toDo: number;
                        urgent: number;
                        done: number;
                        next?: string;
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_messages_export: {
        parameters: {
            query?: {
                done?: "true" | "false";
                kind?: "message" | "callback" | "visit" | "recording" | "note";
                for?: string;
                assignedTo?: string;
                urgent?: "true" | "false";
                q?: string;
                call?: string;
                number?: string;
                from?: string;
                to?: string;
                delivery?: "failed" | "pending";
                reveal?: "true" | "false";
                format?: "json" | "csv";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"][];
                    "text/csv": string;
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_messages_id: {
        parameters: {
            query?: {
                reveal?: "true" | "false";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    patch_messages_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    done?: boolean;
                    assignedTo?: string | null;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    post_messages_id_deliver: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        destinations: string[];
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_messages_id_recording: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/wav": string;
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_numbers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NumbersNow"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_numbers_number: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Number"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    put_numbers_number: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    mode: string;
                    by?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Number"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    delete_numbers_number: {
        parameters: {
            query?: {
                by?: string;
            };
            header?: never;
            path: {
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Number"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_numbers_number_history: {
        parameters: {
            query?: {
                limit?: number;
            };
            header?: never;
            path: {
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        number: string;
                        changes: components["schemas"]["NumberChange"][];
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_numbers_number_twilio: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        changes: string[];
                        finding: components["schemas"]["DoctorFinding"];
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    post_numbers_number_twilio: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        changes: string[];
                        finding: components["schemas"]["DoctorFinding"];
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_outbound: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OutboundOffer"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    post_outbound_call: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    to: string;
                    extension?: string;
                    from?: string;
                    mode?: string;
                    scenario?: string;
                    context?: {
                        [key: string]: unknown;
                    };
                    callerName?: string;
                    /** @enum {string} */
                    greet?: "immediately" | "afterSilence";
                    maxWaitSeconds?: number;
                };
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedCall"];
                };
            };
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedCall"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    post_outbound_call_check: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    to: string;
                    extension?: string;
                    from?: string;
                    mode?: string;
                    scenario?: string;
                    context?: {
                        [key: string]: unknown;
                    };
                    callerName?: string;
                    /** @enum {string} */
                    greet?: "immediately" | "afterSilence";
                    maxWaitSeconds?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallVerdict"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_people: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        people: components["schemas"]["Person"][];
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    post_people: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /** @enum {string} */
                    role: "viewer" | "operator" | "manager" | "owner";
                };
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    put_people_person: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                person: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    role: "viewer" | "operator" | "manager" | "owner";
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    delete_people_person: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                person: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    post_people_person_keys: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                person: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    label?: string;
                };
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedKey"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_phrases: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        voices: string[];
                        phrases: components["schemas"]["Phrase"][];
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    post_phrases: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    voice?: string;
                    language?: string;
                    /** @default false */
                    again?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recorded"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Well */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    post_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    key: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    delete_session: {
        parameters: {
            query?: {
                everywhere?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ended: number;
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        sessions: components["schemas"]["BrowserSession"][];
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    delete_sessions_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BrowserSession"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_settings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettingsInForce"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    post_settings_check: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    document?: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ok: boolean;
                        findings: components["schemas"]["Finding"][];
                        promptSizes: string[];
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_settings_diff: {
        parameters: {
            query?: {
                from?: components["schemas"]["WhichSettings"];
                to?: components["schemas"]["WhichSettings"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettingsDiff"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_settings_draft: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettingsDraft"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    put_settings_draft: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    document: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettingsDraft"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    delete_settings_draft: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        discarded: true;
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    post_settings_merge: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    base: {
                        [key: string]: unknown;
                    };
                    mine: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        merged: {
                            [key: string]: unknown;
                        };
                        conflicts: components["schemas"]["SettingsConflict"][];
                        revision?: number;
                        updatedBy?: string;
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_settings_profiles: {
        parameters: {
            query?: {
                from?: string;
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        profiles: components["schemas"]["TuningProfileFigures"][];
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    post_settings_publish: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    note?: string;
                    document?: {
                        [key: string]: unknown;
                    };
                    over?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettingsVersion"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    post_settings_read: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    text: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        document?: {
                            [key: string]: unknown;
                        };
                        findings: {
                            path: string;
                            message: string;
                            /** @enum {string} */
                            severity: "error" | "warning";
                            line?: number;
                        }[];
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    post_settings_reload: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettingsInForce"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    post_settings_restore: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    version: number;
                    /** @default false */
                    publish?: boolean;
                    note?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettingsVersion"] | components["schemas"]["SettingsDraft"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_settings_schema: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        sections: {
                            [key: string]: {
                                [key: string]: unknown;
                            };
                        };
                        kinds: {
                            name: string;
                            title: string;
                            about: string;
                            schema: {
                                [key: string]: unknown;
                            };
                        }[];
                        outboundKinds: {
                            name: string;
                            title: string;
                            about: string;
                            schema: {
                                [key: string]: unknown;
                            };
                        }[];
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    post_settings_telephone: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    text: string;
                    timeZone?: string;
                    ours?: string[];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        number?: string;
                        shown?: string;
                        extension?: string;
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_settings_templates: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        templates: components["schemas"]["SettingsTemplate"][];
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_settings_versions: {
        parameters: {
            query?: {
                limit?: number;
                after?: number;
                at?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        versions: components["schemas"]["SettingsVersion"][];
                        next?: number;
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_settings_versions_version: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SettingsVersionWithDocument"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    post_settings_write: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    document: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        text: string;
                    };
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_stats: {
        parameters: {
            query: {
                of: "latency" | "cost" | "outcomes" | "problems";
                by?: "day" | "hour";
                stage?: "first_words" | "webhook_to_answer" | "webhook_to_model_open" | "webhook_to_model_created" | "webhook_to_model_configured" | "webhook_to_greeting_delta" | "media_to_greeting_frame" | "speech_end_to_delta" | "speech_end_to_frame" | "speech_start_to_clear" | "tool_to_output" | "relay_in" | "relay_out";
                instance?: string;
                model?: string;
                split?: "instance" | "model";
                from?: string;
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Statistics"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_system: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["System"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_test_calls: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RingChoices"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    post_test_calls: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description A number of ours, or the name of an instance. */
                    ring: string;
                    /** @description Instead of the settings in force. */
                    settings?: "draft" | number;
                    /** @description The number of the caller; withheld when absent. Needs the role manager. */
                    as?: string;
                    /**
                     * @description What people do who are rung in the call; the softphone may change it.
                     * @default answers
                     * @enum {string}
                     */
                    persons?: "answers" | "busy" | "noAnswer" | "declines";
                };
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestCall"];
                };
            };
            /** @description Refused or failed */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    get_twilio_after_dial: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    post_twilio_after_dial: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    get_twilio_after_fallback: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    post_twilio_after_fallback: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    get_twilio_after_record_route: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                route: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    post_twilio_after_record_route: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                route: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    get_twilio_after_stream: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    post_twilio_after_stream: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    get_twilio_amd: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    post_twilio_amd: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    get_twilio_amd_callId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                callId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    post_twilio_amd_callId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                callId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    get_twilio_dial_status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    post_twilio_dial_status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    get_twilio_person_answer_callId_attempt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                callId: string;
                attempt: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    post_twilio_person_answer_callId_attempt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                callId: string;
                attempt: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    get_twilio_person_status_callId_attempt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                callId: string;
                attempt: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    post_twilio_person_status_callId_attempt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                callId: string;
                attempt: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    get_twilio_person_callId_attempt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                callId: string;
                attempt: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    post_twilio_person_callId_attempt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                callId: string;
                attempt: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    get_twilio_recording: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    post_twilio_recording: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    get_twilio_status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    post_twilio_status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    get_twilio_status_callId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                callId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    post_twilio_status_callId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                callId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    get_twiml: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    post_twiml: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    get_twiml_resume: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
    post_twiml_resume: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the carrier does next */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": string;
                };
            };
        };
    };
}
